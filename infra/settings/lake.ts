import { z } from 'zod';

export const days = z.int().min(1).max(3650);

/** S3's rule for names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);

/** by the name in definitions; a list has the same name for the bucket */
const rawBuckets = z
  .union(
    [
      z.array(bucketName).transform((names) => Object.fromEntries(names.map((name) => [name, name]))),
      z.record(z.string().min(1), bucketName),
    ],
    { error: 'must be names of buckets: each has 3 to 63 of a-z, 0-9, . and -' },
  )
  .refine((buckets) => new Set(Object.values(buckets)).size === Object.keys(buckets).length, {
    error: 'two names have the same bucket: its objects would mix',
  });

export const lake = z.strictObject({
  rawBuckets: rawBuckets.default({}),
  stageDays: days,
  rejectedDays: days,
  supersededDays: days,
  logDays: days,
});

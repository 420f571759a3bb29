/** by the name in definitions; a bucket has one name in the whole world, so each deployment has its own */
export type RawBuckets = Record<string, string>;

export const rawBucketsVariable = 'WATERCLOCK_RAW_BUCKETS';

/** where the raw objects of a pipeline go */
export function rawBucketOf(
  { rawBucket }: { rawBucket?: string },
  { lakeBucket, rawBuckets = {} }: { lakeBucket: string; rawBuckets?: RawBuckets },
): string {
  if (rawBucket === undefined) return lakeBucket;
  return (Object.hasOwn(rawBuckets, rawBucket) ? rawBuckets[rawBucket] : undefined) ?? rawBucket;
}

/** every bucket that the service writes to, once */
export const bucketsOf = (
  pipelines: { rawBucket?: string }[],
  settings: { lakeBucket: string; rawBuckets?: RawBuckets },
): string[] => [...new Set([settings.lakeBucket, ...pipelines.map((pipeline) => rawBucketOf(pipeline, settings))])];

/** `shop-files=acme-dev-shop-files,...`; a pair that is not one goes to `problems` */
export function readRawBuckets(text: string | undefined, problems: string[]): RawBuckets {
  const pairs = (text ?? '').split(',').map((pair) => pair.trim());
  return Object.fromEntries(
    pairs.filter(Boolean).flatMap((pair) => {
      const [, name, bucket] = /^([^=\s]+)=([^=\s]+)$/.exec(pair) ?? [];
      if (name && bucket) return [[name, bucket]];
      problems.push(`${rawBucketsVariable} has pairs like shop-files=acme-dev-shop-files, got ${pair}`);
      return [];
    }),
  );
}

export const writeRawBuckets = (buckets: RawBuckets): string =>
  Object.entries(buckets)
    .map(([name, bucket]) => `${name}=${bucket}`)
    .join(',');

import { z } from 'zod';
import { ValidationException } from '../errors.js';

const maxSqlBytes = 100 * 1024;

/** PostgreSQL keeps neither */
const storable = (text: string) =>
  !/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
export const text = z.string().refine(storable, 'U+0000 and lone surrogates are not allowed');
export const wait = z.number().int().min(0).max(30).default(0);
export const sql = text
  .min(1)
  .refine((value) => Buffer.byteLength(value) <= maxSqlBytes, 'the SQL is larger than 100 KB');
const uuid = '[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}';
export const statementId = z.string().regex(new RegExp(`^${uuid}(:\\d+)?$`), 'not a statement id');
export const sessionId = z.string().regex(new RegExp(`^${uuid}$`), 'not a session id');
export const place = {
  ClusterIdentifier: text.min(1).max(63).optional(),
  WorkgroupName: text
    .regex(/^(arn:(aws(-[a-z]+)*):redshift-serverless:[a-z]{2}(-gov)?-[a-z]+-\d:\d{12}:workgroup\/)?[\w+=,.@-]{3,128}$/)
    .optional(),
  Database: text.min(1).max(64).optional(),
};
export const connection = { ...place, SecretArn: text.min(1).optional(), DbUser: text.min(1).max(128).optional() };
export const paging = (max: number) => ({
  MaxResults: z.number().int().min(0).max(max).default(0),
  NextToken: z.string().min(1).optional(),
});

export function parse<T extends z.ZodType>(shape: T, input: unknown): z.infer<T> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  throw ValidationException(
    `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected: ${issues.join('; ')}`,
  );
}

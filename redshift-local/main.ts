import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readUsers } from './read-users.js';
import { startRedshiftData } from './server.js';

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** of PostgreSQL's protocol; without one it is not opened */
  WIRE_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** files in PEM: with both of them clients may ask for TLS */
  WIRE_CERTIFICATE: z.string().optional(),
  WIRE_KEY: z.string().optional(),
  PGHOST: z.string().default('127.0.0.1'),
  PGPORT: z.coerce.number().int().default(5432),
  PGUSER: z.string().default('postgres'),
  PGPASSWORD: z.string().optional(),
  AWS_ENDPOINT_URL_S3: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
  AWS_REGION: z.string().default('us-east-1'),
  /** who signs in with rights of its own, as JSON */
  REDSHIFT_LOCAL_USERS: z.string().transform(readUsers).default([]),
  /** `on`: as a database with `enable_large_strings_opt_in` */
  REDSHIFT_DATA_LARGE_STRINGS: z.enum(['on', 'off']).default('off'),
  /** `on` opens /faults: for tests only */
  REDSHIFT_DATA_FAULTS: z.enum(['on', 'off']).default('off'),
});

const env = environment.safeParse(process.env);
if (!env.success) {
  console.error(
    `redshift-data: ${env.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
  );
  process.exit(2);
}
const {
  HOST,
  PORT,
  WIRE_PORT,
  WIRE_CERTIFICATE,
  WIRE_KEY,
  PGHOST,
  PGPORT,
  PGUSER,
  PGPASSWORD,
  AWS_ENDPOINT_URL_S3,
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  AWS_REGION,
  REDSHIFT_LOCAL_USERS,
  REDSHIFT_DATA_LARGE_STRINGS,
  REDSHIFT_DATA_FAULTS,
} = env.data;

const server = await startRedshiftData({
  host: HOST,
  port: PORT,
  ...(WIRE_PORT !== undefined && {
    wire: {
      host: HOST,
      port: WIRE_PORT,
      ...(WIRE_CERTIFICATE &&
        WIRE_KEY && {
          tls: { certificate: readFileSync(WIRE_CERTIFICATE, 'utf8'), key: readFileSync(WIRE_KEY, 'utf8') },
        }),
    },
  }),
  largeStrings: REDSHIFT_DATA_LARGE_STRINGS === 'on',
  faults: REDSHIFT_DATA_FAULTS === 'on',
  users: REDSHIFT_LOCAL_USERS,
  postgres: { host: PGHOST, port: PGPORT, user: PGUSER, ...(PGPASSWORD !== undefined && { password: PGPASSWORD }) },
  s3: {
    region: AWS_REGION,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_ENDPOINT_URL_S3 && { endpoint: AWS_ENDPOINT_URL_S3 }),
  },
});
console.log(
  `redshift-data listening on ${server.url}${server.wirePort ? `, PostgreSQL's protocol on port ${server.wirePort}` : ''}`,
);

let closing = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (closing) return;
    closing = true;
    void server.close().finally(() => process.exit(0));
  });
}

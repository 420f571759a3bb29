import { parseArgs } from 'node:util';
import { z } from 'zod';

export const help = `redshift-local: Amazon Redshift on this machine, on PostgreSQL, with Redshift's rules

  redshift-local [options]

  --port N         of the Data API (5440)
  --wire-port N    of PostgreSQL's protocol, for dbt, psql, JDBC and the like (5439)
  --database NAME  made when it is missing (dev)
  --data DIR       where the embedded PostgreSQL keeps its data (.redshift-local)
  --postgres URL   use this PostgreSQL 18 instead, as in postgres://user:password@127.0.0.1:5432
  --s3 URL         endpoint that COPY and UNLOAD use, as of MinIO or moto; AWS_ENDPOINT_URL_S3 when absent
  --large-strings  as a database that opted in to texts of 16 MB inside SUPER
  --help

Requests are signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of this process ("local" and "localsecret" when they
are not set) for AWS_REGION (us-east-1). The administrator's password is printed at the start.

  redshift-local --s3 http://127.0.0.1:9000
  aws redshift-data execute-statement --endpoint-url http://127.0.0.1:5440 --workgroup-name local --database dev --sql 'select 1'
  psql "postgresql://awsuser@127.0.0.1:5439/dev"
`;

export interface Options {
  port: number;
  wirePort: number;
  database: string;
  data: string;
  postgres?: { host: string; port: number; user: string; password?: string };
  s3?: string;
  largeStrings: boolean;
}

/** what is wrong with the words, in one sentence */
export class UsageError extends Error {
  override name = 'UsageError';
}

const port = z.coerce.number().int().min(0).max(65_535);
const address = z.url({ protocol: /^https?$/ });
const database = z.string().regex(/^[a-z_][a-z0-9_$]*$/, 'a name in lower case');

/** throws UsageError; undefined when help is asked for */
export function readOptions(words: string[]): Options | undefined {
  const values = parse(words);
  if (values.help) return undefined;
  const read = <T>(name: string, type: z.ZodType<T>, value: unknown): T => {
    const { success, data, error } = type.safeParse(value);
    if (success) return data;
    throw new UsageError(`--${name}: ${error.issues[0]?.message ?? 'not understood'}, got ${String(value)}`);
  };
  return {
    port: read('port', port, values.port),
    wirePort: read('wire-port', port, values['wire-port']),
    database: read('database', database, values.database),
    data: values.data,
    ...(values.postgres !== undefined && { postgres: serverOf(values.postgres) }),
    ...(values.s3 !== undefined && { s3: read('s3', address, values.s3) }),
    largeStrings: values['large-strings'],
  };
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        port: { type: 'string', default: '5440' },
        'wire-port': { type: 'string', default: '5439' },
        database: { type: 'string', default: 'dev' },
        data: { type: 'string', default: '.redshift-local' },
        postgres: { type: 'string' },
        s3: { type: 'string' },
        'large-strings': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function serverOf(text: string): NonNullable<Options['postgres']> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new UsageError('--postgres: expected postgres://user:password@host:port');
  }
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username) || 'postgres',
    ...(url.password && { password: decodeURIComponent(url.password) }),
  };
}

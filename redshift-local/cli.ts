import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { help, readOptions, UsageError, type Options } from './options.js';
import { PostgresFailure } from './postgres/postgres-home.js';
import { startPostgres, type EmbeddedPostgres } from './postgres/start-postgres.js';
import type { PostgresOptions } from './postgres.js';
import { startRedshiftData } from './server.js';
import { administrator } from './users.js';

const postgresSuperuser = 'admin';

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await run(options);
  else process.stdout.write(help);
} catch (error) {
  if (error instanceof UsageError) end(2, `${error.message}; see \`redshift-local --help\``);
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  if (isTaken) end(1, `${(error as Error).message}: choose another with --port or --wire-port`);
  if (error instanceof PostgresFailure) end(1, error.message);
  throw error;
}

async function run({ port, wirePort, database, data, postgres: given, s3, largeStrings }: Options): Promise<void> {
  let embedded: EmbeddedPostgres | undefined;
  if (!given) embedded = await startEmbedded(resolve(data));
  const postgres = given ?? embeddedServer(embedded);
  await ensureDatabase(postgres, database);
  const region = process.env['AWS_REGION'] ?? 'us-east-1';
  const accessKeyId = process.env['AWS_ACCESS_KEY_ID'] ?? 'local';
  const endpoint = s3 ?? process.env['AWS_ENDPOINT_URL_S3'];
  const server = await startRedshiftData({
    port,
    wire: { host: '127.0.0.1', port: wirePort },
    largeStrings,
    postgres,
    s3: {
      region,
      accessKeyId,
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'localsecret',
      ...(endpoint && { endpoint }),
    },
  }).catch(async (error: unknown) => {
    await embedded?.stop();
    throw error;
  });
  const { password } = postgres;
  const lines = [
    `Data API        AWS_ENDPOINT_URL_REDSHIFT_DATA=${server.url}  (key ${accessKeyId}, region ${region})`,
    `wire            host 127.0.0.1, port ${server.wirePort}, database ${database}, user ${administrator}${embedded ? `, password ${password}` : ''}`,
    `S3              ${endpoint ?? 'AWS'}`,
    'redshift-local is ready',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const isOver = await Promise.race([
    signalled(),
    ...(embedded ? [embedded.ended.then(() => 'postgres' as const)] : []),
  ]);
  await server.close();
  if (isOver === 'postgres') end(1, 'its PostgreSQL ended');
  await embedded?.stop();
  process.exit(0);
}

/** settles at the first signal that asks for the end */
function signalled(): Promise<'signal'> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done('signal'));
  });
}

/** its password is made once and lies beside its data */
async function startEmbedded(state: string): Promise<EmbeddedPostgres> {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const file = join(state, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(12).toString('base64url'), { mode: 0o600 });
  const own = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return startPostgres(state, { user: postgresSuperuser, password: readFileSync(file, 'utf8') }, own);
}

function embeddedServer(embedded: EmbeddedPostgres | undefined): PostgresOptions {
  if (!embedded) throw new PostgresFailure('postgres did not start');
  const { host, port, user, password } = embedded;
  return { host, port, user, password };
}

async function ensureDatabase(postgres: PostgresOptions, name: string): Promise<void> {
  const client = new pg.Client({ ...postgres, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

function end(code: number, sentence: string): never {
  process.stderr.write(`redshift-local: ${sentence}\n`);
  process.exit(code);
}

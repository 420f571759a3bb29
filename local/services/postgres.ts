import { join } from 'node:path';
import pg from 'pg';
import type { Service } from '../supervisor/service.js';
import { PostgresFailure, initializeCluster, postgresHome, postgresSettings } from 'redshift-local/postgres';
import { root } from '../paths.js';
import { StackFailure } from '../supervisor/stack-failure.js';
import type { ServiceOptions } from './service-options.js';

export const database = 'warehouse';

/** PostgreSQL's own programs as they came, without any wrapper */
export async function postgres(options: ServiceOptions): Promise<Service> {
  const { state, ports, credentials, environment } = options;
  const home = await postgresHome(state, root).catch(asStackFailure);
  const owner = { user: 'waterclock', password: credentials.postgresPassword };
  await initializeCluster(home, owner, environment).catch(asStackFailure);
  const connection = {
    host: '127.0.0.1',
    port: ports.postgres,
    ...owner,
  };
  const [command, ...prefixed] = [...(home.prefix ?? []), join(home.binaries, 'bin', 'postgres')];
  return {
    name: 'postgres',
    port: ports.postgres,
    command,
    args: [
      ...prefixed,
      '-D',
      home.data,
      '-p',
      String(ports.postgres),
      ...Object.entries(postgresSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    environment: { ...environment, LC_ALL: 'C' },
    folder: home.data,
    ...(home.user && { user: home.user }),
    // the fast shutdown; SIGTERM would wait for every client
    stopSignal: 'SIGINT',
    ready: () => ensureDatabase(connection),
  };
}

function asStackFailure(error: unknown): never {
  throw error instanceof PostgresFailure ? new StackFailure(error.message) : error;
}

async function ensureDatabase(connection: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
    return true;
  } finally {
    await client.end();
  }
}

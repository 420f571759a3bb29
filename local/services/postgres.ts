import { join } from 'node:path';
import pg from 'pg';
import type { Service } from '../supervisor/service.js';
import { initializeCluster, postgresHome } from '../../redshift-local/postgres/postgres-home.js';
import type { ServiceOptions } from './service-options.js';

/** of a server that lives as long as a stack or a test */
export const settings = {
  listen_addresses: '127.0.0.1',
  // sockets would need short paths and leave lock files in /tmp
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // the last moments may be lost when the machine stops, never the consistency
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // rows that a load writes are not pushed out by the next of them
  shared_buffers: '512MB',
  // joins and sorts of a load's keys
  work_mem: '32MB',
  // groups of two processes are sorted to be joined: slower than one that hashes
  max_parallel_workers_per_gather: '0',
  // a load of a million rows is no reason for a checkpoint
  max_wal_size: '2GB',
  checkpoint_timeout: '30min',
  // how long a statement waits for the table of autovacuum before that gives way
  deadlock_timeout: '100ms',
  log_min_messages: 'warning',
};

export const database = 'warehouse';

/** PostgreSQL's own programs as they came, without any wrapper */
export async function postgres(options: ServiceOptions): Promise<Service> {
  const { state, ports, credentials, environment } = options;
  const home = await postgresHome(state);
  await initializeCluster(home, credentials.postgresPassword, environment);
  const connection = {
    host: '127.0.0.1',
    port: ports.postgres,
    user: 'waterclock',
    password: credentials.postgresPassword,
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
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    environment: { ...environment, LC_ALL: 'C' },
    folder: home.data,
    ...(home.user && { user: home.user }),
    // the fast shutdown; SIGTERM would wait for every client
    stopSignal: 'SIGINT',
    ready: () => ensureDatabase(connection),
  };
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

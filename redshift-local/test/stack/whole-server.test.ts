import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { postgres } from '../../postgres.js';
import { redshiftDataStack } from '../support/redshift-data-stack.js';

// what the databases of a server have in common: its users, and PostgreSQL's cache of shared catalogs

let stack: Awaited<ReturnType<typeof redshiftDataStack>>;
const open: pg.Client[] = [];
beforeAll(async () => {
  stack = await redshiftDataStack(inject('stack').tools.rclone);
});
afterAll(async () => {
  await Promise.all(open.map((client) => client.end()));
  await stack?.close();
});

async function plain(database: string): Promise<pg.Client> {
  const client = new pg.Client({ ...stack.postgres, database });
  await client.connect();
  open.push(client);
  return client;
}

/** how many wait for a lock on the users */
const waiting = async (client: pg.Client) =>
  Number(
    (await client.query(`select count(*) as n from pg_locks where relation = 'pg_authid'::regclass and not granted`))
      .rows[0].n,
  );

test.each(['snapshot', 'serializable'])(
  'a user who signs in for the first time, three times at once: %s',
  async (level) => {
    const admin = await plain('postgres');
    await admin.query(`create database ${level}`);
    const server = postgres(stack.postgres);
    const sign = () =>
      server.statementSession(level, 'a test', { user: `IAMR:${level}`, databaseRoles: ['readers'], isMade: true });
    const administrator = await server.statementSession(level, 'a test', {
      user: 'awsuser',
      databaseRoles: [],
      isMade: false,
    });
    open.push(administrator);
    if (level === 'serializable')
      await admin.query(`alter database ${level} set redshift.isolation_level = 'serializable'`);
    await admin.query(`create role readers_${level}`);

    await admin.query('begin');
    await admin.query('lock table pg_catalog.pg_authid in share row exclusive mode');
    const others = [sign(), sign(), sign()];
    const watcher = await plain('postgres');
    await expect.poll(() => waiting(watcher), { timeout: 20_000 }).toBe(3);
    await admin.query('commit');
    open.push(...(await Promise.all(others)));
  },
);

test('a database without the rules of Redshift works beside one that has them', async () => {
  const server = postgres(stack.postgres);
  const ruled = await plain('postgres');
  await ruled.query('create database ruled');
  await ruled.query('create database bare');
  open.push(await server.session('ruled', 'a test'));
  // the file of shared catalogs that each new connection reads is written by the first one after this
  await ruled.query('reindex table pg_catalog.pg_authid');
  await plain('ruled');
  const bare = await plain('bare');
  await bare.query(`select has_parameter_privilege('pg_monitor', 'redshift.any', 'set')`);
});

import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

let wire: RedshiftWire;
let admin: pg.Client;
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
  admin = await wire.connect();
  await admin.query("create user ann password 'Secret123'");
});
afterAll(() => wire?.close());

const pidOf = (client: pg.Client) => (client as pg.Client & { processID: number }).processID;
const value = async (client: pg.Client, sql: string) =>
  ((await client.query({ text: sql, rowMode: 'array' })).rows[0] as unknown[])[0];

/** the next client that PostgreSQL's process of one that left is given to */
async function heir(pid: number, more: pg.ClientConfig = {}): Promise<pg.Client> {
  // who has another keeps it meanwhile: it would be given to the next
  const others: pg.Client[] = [];
  for (;;) {
    const found = await wire.connect(more);
    if (pidOf(found) !== pid && others.length < 20) others.push(found);
    else {
      await Promise.all(others.map((other) => other.end()));
      expect(pidOf(found)).toBe(pid);
      return found;
    }
  }
}

test('a client has nothing of the one whose connection it is given', async () => {
  const first = await wire.connect({ user: 'ann', password: 'Secret123', application_name: 'first' });
  await first.query('create temp table mine (a int)');
  await first.query('set search_path to pg_catalog');
  await first.query("set query_group to 'first'");
  await first.query({ name: 'prepared', text: 'select 1' });
  await first.end();
  const next = await heir(pidOf(first));
  expect(await value(next, 'show search_path')).toBe('public');
  expect(await value(next, 'select current_user')).toBe('awsuser');
  expect(await value(next, 'show query_group')).not.toBe('first');
  await expect(next.query('select * from mine')).rejects.toThrow(/"mine" does not exist/);
  expect((await next.query({ name: 'prepared', text: 'select 2 as n' })).rows).toEqual([{ n: 2 }]);
});

test('what a client left open is undone, and its connection given to nobody', async () => {
  await admin.query('create table public.kept (a int)');
  const first = await wire.connect();
  await first.query('begin');
  await first.query('insert into public.kept values (1)');
  await first.end();
  const next = await wire.connect();
  expect(pidOf(next)).not.toBe(pidOf(first));
  expect(await value(next, 'select count(*) from public.kept')).toBe('0');
});

test('a session has the level that its database has when it begins', async () => {
  await admin.query('create database levels isolation level snapshot');
  const first = await wire.connect({ database: 'levels' });
  expect(await value(first, "select current_setting('transaction_isolation')")).toBe('repeatable read');
  await first.end();
  await admin.query('alter database levels isolation level serializable');
  const next = await wire.connect({ database: 'levels' });
  expect(await value(next, "select current_setting('transaction_isolation')")).toBe('serializable');
  await next.end();
});

test('a database is dropped though a client has just left it', async () => {
  await admin.query('create database gone');
  await (await wire.connect({ database: 'gone' })).end();
  await admin.query('drop database gone');
  await expect(wire.connect({ database: 'gone' })).rejects.toThrow(/"gone" does not exist/);
});

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

let wire: RedshiftWire;
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
});
afterAll(() => wire?.close());

test.each([
  ['dropped', 'drop view public.late'],
  ['renamed', 'alter table public.late rename to earlier'],
])(
  'a late-binding view that another session has %s is not made again by a transaction that began before',
  async (_, change) => {
    const client = await wire.connect();
    await client.query('create table public.base (a int)');
    await client.query('create view public.late as select a from public.base with no schema binding');
    const other = await wire.connect();
    await other.query('begin');
    // takes the transaction's snapshot
    await other.query('select count(*) from public.base');
    await client.query(change);
    await other.query('create table public.unrelated (a int)');
    await other.query('commit');
    const { rows } = await client.query(
      "select viewname from pg_views where schemaname = 'public' and viewname = 'late'",
    );
    expect(rows).toEqual([]);
    await client.query('drop view if exists public.earlier');
    await client.query('drop table public.base');
    await client.query('drop table public.unrelated');
    await client.end();
    await other.end();
  },
);

test('a table is made in a schema of which this transaction and another have granted rights since it began', async () => {
  const client = await wire.connect();
  await client.query('create schema shared');
  await client.query("create user reader password 'Reader123'");
  const other = await wire.connect();
  await other.query('begin');
  await other.query('select 1 from pg_class limit 1');
  await client.query('grant usage on schema shared to reader');
  await other.query('grant create on schema shared to reader');
  await other.query('create table shared.things (a int)');
  await other.query('commit');
  expect((await client.query('select count(*) as n from shared.things')).rows).toEqual([{ n: '0' }]);
  await client.query('drop schema shared cascade');
  await client.end();
  await other.end();
});

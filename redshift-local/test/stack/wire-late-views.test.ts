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

import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

let wire: RedshiftWire;
let client: pg.Client;
const body = 'begin insert into kept values (1); commit; insert into kept values (1 / 0)';
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
  client = await wire.connect();
  await client.query('create table kept (n integer)');
  await client.query(`create procedure committing() as $$ ${body}; end; $$ language plpgsql`);
  await client.query(
    `create procedure caught() as $$ ${body}; exception when others then insert into kept values (7); end; $$ language plpgsql`,
  );
});
afterAll(() => wire?.close());

const kept = async () => (await client.query({ text: 'select n from kept order by n', rowMode: 'array' })).rows.flat();

test.each([
  ['simple', undefined],
  ['extended', []],
])('a procedure commits by a %s query', async (_, values) => {
  await client.query('truncate kept');
  await expect(client.query('call committing()', values)).rejects.toThrow('division by zero');
  expect(await kept()).toEqual([1]);
});

test('what a handler did is kept, and its error thrown again, once', async () => {
  await client.query('truncate kept');
  await expect(client.query('call caught()')).rejects.toThrow('division by zero');
  expect(await kept()).toEqual([1, 7]);
  await expect(client.query('select 1')).resolves.toBeDefined();
});

test('a procedure cannot end a transaction that was begun', async () => {
  await client.query('begin');
  await expect(client.query('call committing()')).rejects.toThrow('atomic context');
  await client.query('rollback');
});

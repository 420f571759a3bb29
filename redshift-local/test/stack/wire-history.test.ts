import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

let wire: RedshiftWire;
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
});
afterAll(() => wire?.close());

test('queries of the wire are in the views that list queries, those that failed too', async () => {
  const client = await wire.connect();
  await client.query('select 1 as first_of_all');
  await client.query({ text: 'select $1::int as second_of_all', values: [2] });
  await client.query('select 1 / 0 as third_of_all').catch(() => undefined);
  const { rows } = await client.query(
    "select trim(querytxt) as text, aborted from stl_query where querytxt like 'select%\\_of\\_all %' order by query",
  );
  expect(rows).toEqual([
    { text: 'select 1 as first_of_all', aborted: 0 },
    { text: 'select $1::int as second_of_all', aborted: 0 },
    { text: 'select 1 / 0 as third_of_all', aborted: 1 },
  ]);
  const failed = await client.query({
    text: 'select trim(status) as status, trim(error_message) as message, trim(query_type) as type from sys_query_history where query_text like $1',
    values: ['%third_of_all %'],
  });
  expect(failed.rows).toEqual([{ status: 'failed', message: 'division by zero', type: 'SELECT' }]);
});

test('a user sees its own queries only', async () => {
  const client = await wire.connect();
  await client.query("create user hana password 'Secret123'");
  await client.query('select 1 as of_the_administrator');
  const hana = await wire.connect({ user: 'hana', password: 'Secret123' });
  await hana.query('select 1 as of_hana');
  const { rows } = await hana.query(
    "select trim(querytxt) as text from stl_query where querytxt like 'select 1 as of%'",
  );
  expect(rows).toEqual([{ text: 'select 1 as of_hana' }]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { smallDbt } from '../support/small-dbt.js';
import { redshiftWire, type RedshiftWire } from '../../redshift-local/test/support/redshift-wire.js';

// dbt-redshift takes names of up to 127 bytes, of which it needs some for the tables that it swaps
const long = (size: number, end: string) => `${'orders_of_customers_'.repeat(7).slice(0, size - end.length)}${end}`;
const names = {
  seed: long(70, 'seed'),
  table: long(115, 'table'),
  view: long(115, 'view'),
  late: long(100, 'late'),
  grown: long(110, 'grown'),
  kept: long(90, 'kept'),
  schema: long(80, 'schema'),
  column: long(127, 'column'),
};
let wire: RedshiftWire;
let client: pg.Client;
let small: ReturnType<typeof smallDbt>;
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
  client = await wire.connect();
  small = smallDbt();
  write({
    'dbt_project.yml': `
      name: long
      profile: long
      flags: { send_anonymous_usage_stats: false }`,
    'profiles.yml': `
      long:
        target: local
        outputs:
          local: { type: redshift, host: 127.0.0.1, port: ${wire.place.port}, user: postgres, password: local, dbname: postgres,
                   sslmode: disable, schema: ${names.schema}, threads: 4, ra3_node: true }`,
    [`seeds/${names.seed}.csv`]: `n,${names.column}\n1,a\n2,b\n`,
    [`models/${names.table}.sql`]: `select n, ${names.column} from {{ ref('${names.seed}') }}`,
    [`models/${names.view}.sql`]: `{{ config(materialized='view') }} select n, ${names.column} from {{ ref('${names.table}') }}`,
    [`models/${names.late}.sql`]: `{{ config(materialized='view', bind=false) }} select n, ${names.column} from {{ ref('${names.table}') }}`,
    [`models/${names.grown}.sql`]: `{{ config(materialized='incremental', unique_key='n', on_schema_change='append_new_columns') }}
      select n, ${names.column}{% if is_incremental() %}, n as m{% endif %} from {{ ref('${names.table}') }}`,
    'models/schema.yml': `
      models:
        - name: ${names.table}
          columns: [{ name: ${names.column}, data_tests: [unique, not_null] }]`,
    [`snapshots/kept.yml`]: `
      snapshots:
        - { name: ${names.kept}, relation: ref('${names.seed}'), config: { unique_key: n, strategy: check, check_cols: [${names.column}] } }`,
  });
});
afterAll(async () => {
  small?.remove();
  await wire?.close();
});

const write = (files: Record<string, string>) => small.write(files);
const dbt = (...words: string[]) => small.dbt(...words);
const rows = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows as unknown[][];

const catalog = () =>
  (
    JSON.parse(readFileSync(join(small.folder, 'target/catalog.json'), 'utf8')) as {
      nodes: Record<string, { metadata: { schema: string; name: string }; columns: Record<string, unknown> }>;
    }
  ).nodes;

test('models, a seed, an incremental model and a snapshot with long names are built twice and documented', async () => {
  for (const words of [['build'], ['build'], ['docs', 'generate']]) {
    const { code, told } = await dbt(...words);
    expect(code, told).toBe(0);
  }
  const { schema, column, ...relations } = names;
  const found = await rows(`select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = '${schema}' and relkind in ('r', 'v') order by 1`);
  expect(found.flat()).toEqual(Object.values(relations).sort());
  expect(await rows(`select n, ${column}, m from ${schema}.${names.grown} order by n`)).toEqual([
    [1, 'a', 1],
    [2, 'b', 2],
  ]);
  expect(await rows(`select count(*) from ${schema}.${names.kept}`)).toEqual([['2']]);
  const nodes = Object.values(catalog());
  expect(nodes.map(({ metadata }) => metadata.name).sort()).toEqual(Object.values(relations).sort());
  for (const { metadata, columns } of nodes) {
    expect(metadata.schema).toBe(schema);
    expect(Object.keys(columns)).toContain(column);
  }
});

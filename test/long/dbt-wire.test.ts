import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { smallDbt } from '../support/small-dbt.js';
import { redshiftWire, type RedshiftWire } from '../../redshift-local/test/support/redshift-wire.js';

// a small project of its own on dbt-redshift as it comes: models meet Redshift's rules
let wire: RedshiftWire;
let client: pg.Client;
let small: ReturnType<typeof smallDbt>;
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
  client = await wire.connect();
  small = smallDbt();
  await client.query('create role readers');
  write({
    'dbt_project.yml': `
      name: small
      profile: small
      flags: { send_anonymous_usage_stats: false, redshift_grants_extended: true }
      models: { +grants: { select: ['role:readers'] } }`,
    'profiles.yml': `
      small:
        target: local
        outputs:
          local: { type: redshift, host: 127.0.0.1, port: ${wire.place.port}, user: postgres, password: local, dbname: postgres,
                   sslmode: disable, schema: small, threads: 2, ra3_node: true }`,
    'seeds/numbers.csv': 'n,name\n1,a\n2,b\n',
    // LISTAGG asks for a table: a unit test of dbt, which makes its rows up, cannot have it
    'models/counted.sql': `select n, avg(n) over () as mean from {{ ref('numbers') }}`,
    'models/named.sql': `select n, listagg(name, ',') within group (order by name) over () as names from {{ ref('numbers') }}`,
    'models/viewed.sql': `{{ config(materialized='view') }} select n from {{ ref('counted') }}`,
    'models/late.sql': `{{ config(materialized='view', bind=false) }} select n from {{ ref('counted') }}`,
    'models/grown.sql': `{{ config(materialized='incremental', unique_key='n') }} select n, getdate() as at from {{ ref('numbers') }}`,
    'models/material.sql': `{{ config(materialized='materialized_view') }} select n, count(*) as c from {{ ref('numbers') }} group by n`,
    'models/schema.yml': `
      unit_tests:
        - name: means_are_whole
          model: counted
          given: [{ input: ref('numbers'), rows: [{ n: 1, name: a }, { n: 2, name: b }] }]
          expect: { rows: [{ n: 1, mean: 1 }, { n: 2, mean: 1 }] }`,
    'snapshots/kept.yml': `
      snapshots:
        - { name: kept, relation: ref('numbers'), config: { unique_key: n, strategy: check, check_cols: all } }`,
  });
});
afterAll(async () => {
  small?.remove();
  await wire?.close();
});

const write = (files: Record<string, string>) => small.write(files);
const dbt = (...words: string[]) => small.dbt(...words);
const rows = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows as unknown[][];

test('seeds, models of every kind, snapshots, unit tests, grants and docs, twice', async () => {
  for (const words of [['build'], ['build'], ['docs', 'generate']]) {
    const { code, told } = await dbt(...words);
    expect(code, told).toBe(0);
  }
  expect(await rows('select n, mean, names from small.counted join small.named using (n) order by n')).toEqual([
    [1, '1', 'a,b'],
    [2, '1', 'a,b'],
  ]);
  expect(await rows('select count(*) from small.grown')).toEqual([['2']]);
  expect(await rows("select has_table_privilege('readers', 'small.viewed', 'select')")).toEqual([[true]]);
});

test.each([
  ['string_agg', `select string_agg(name, ',') as names from {{ ref('numbers') }}`, 'string_agg'],
  ['distinct on', `select distinct on (n) n from {{ ref('numbers') }}`, 'DISTINCT ON'],
  ['a window without its frame', `select sum(n) over (order by n) as s from {{ ref('numbers') }}`, 'frame clause'],
])('a model with %s fails as on Redshift', async (_, sql, message) => {
  write({ 'models/wrong.sql': sql });
  const { code, told } = await dbt('run', '--select', 'wrong');
  expect(code, told).toBe(1);
  expect(told).toContain(message);
});

test('a test that expects 1.5 of AVG over integers fails', async () => {
  write({
    'models/wrong.sql': `select avg(n) as mean from {{ ref('numbers') }}`,
    'tests/mean_is_one_and_a_half.sql': `select mean from {{ ref('wrong') }} where mean <> 1.5`,
  });
  const { code, told } = await dbt('build', '--select', 'wrong');
  expect(code, told).toBe(1);
  expect(told).toContain('FAIL 1 mean_is_one_and_a_half');
});

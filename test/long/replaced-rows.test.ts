import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../support/clone.js';
import { world, type World } from '../support/world.js';

const definition = `import { z } from 'zod';
import { defineEntity, definePipeline, httpJson } from 'waterclock';

const orders = defineEntity({
  name: 'orders',
  mode: 'merge',
  key: ['id'],
  order: ['version'],
  schema: z.object({ id: z.string(), version: z.int32(), customer: z.string() }),
});

const orderLines = defineEntity({
  name: 'order_lines',
  mode: 'merge',
  key: ['order_id', 'line'],
  order: ['version'],
  rows: { each: 'lines', with: { order_id: 'id', version: 'version' }, index: 'line', replace: true },
  schema: z.object({ order_id: z.string(), version: z.int32(), line: z.int32(), sku: z.string() }),
});

export const shop = definePipeline({
  name: 'shop',
  description: 'orders and their lines',
  schedule: { every: '1 hour', start: '2024-01-01T00:00:00Z' },
  source: httpJson({ url: 'http://127.0.0.1:9/', query: { start: '{start}' } }),
  entities: [orders, orderLines],
  dbt: { select: 'tag:shop' },
});
`;

const models = {
  'staging/shop/sources.yml': 'version: 2\nsources: [{ name: shop, tables: [{ name: order_lines }] }]\n',
  'staging/shop/stg_order_lines.sql': `{{ config(tags=['shop']) }}
select order_id, version, line, sku, _interval_start as interval_start, _run_id as run_id from {{ source('shop', 'order_lines') }}
`,
  'marts/shop/fct_order_lines.sql': `{{ config(
    tags=['shop'],
    materialized='incremental',
    incremental_strategy='intervals',
    unique_key=['order_id', 'line'],
    pre_hook="{{ find_unbuilt_intervals('shop', 'order_lines', parent_key=['order_id']) }}",
) }}
select * from {{ ref('stg_order_lines') }} {{ in_unbuilt_intervals() }}
`,
};

const order = (id: string, version: number, skus: unknown[], customer: string | null = 'c') => ({
  id,
  version,
  customer,
  lines: skus.map((sku) => ({ sku })),
});
/** what the API answers, by hour */
const answers: unknown[][] = [
  [order('a', 1, ['x', 'y']), order('b', 1, ['x']), order('c', 1, ['x', 'y']), order('d', 1, ['x'])],
  // lines of a are gone, all of them; b has one that is wrong, c is no order; d has one less and another
  [order('a', 2, []), order('b', 2, ['y', 1]), order('c', 2, ['z'], null), order('d', 2, ['z'])],
];

let clone: Clone;
let service: World;
const api = createServer((request, response) => {
  const hour = Number(new URL(request.url ?? '', 'http://x').searchParams.get('start')?.slice(11, 13));
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[hour] ?? []));
});
const file = () => join(clone.root, 'test/project/pipelines/shop/definition.ts');

beforeAll(async () => {
  clone = cloneProgram();
  mkdirSync(join(clone.root, 'test/project/pipelines/shop'));
  writeFileSync(file(), definition);
  writeFileSync(
    join(clone.root, 'test/project/waterclock.config.ts'),
    "import { shop } from './pipelines/shop/definition.js';\nexport default { pipelines: [shop], dbt: './dbt' };\n",
  );
  for (const [name, text] of Object.entries(models)) {
    const path = join(clone.root, 'test/project/dbt/models', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  await once(api.listen(0, '127.0.0.1'), 'listening');
  const { port } = api.address() as AddressInfo;
  const changes = {
    WATERCLOCK_SOURCE_SHOP: `http://127.0.0.1:${port}/`,
    WATERCLOCK_DBT_PROJECT_DIR: join(clone.root, 'test/project/dbt'),
  };
  service = await world(changes, clone.root);
  await service.startWorker();
}, 120_000);
afterAll(async () => {
  await service?.close();
  api.close();
  clone?.remove();
});

const run = (hour: number, ...words: string[]) =>
  service.waterclock('run', 'shop', '--interval', `2024-01-01T0${hour}:00Z`, '--dbt', 'skip', '--wait', ...words);
const lines = () => service.query('select order_id, version, line, sku from shop.order_lines order by order_id, line');
const facts = async () => {
  expect(await service.waterclock('build', 'shop', '--wait')).toMatchObject({ code: 0 });
  return service.query('select order_id, version, line, sku from marts.fct_order_lines order by order_id, line');
};
const expected = [
  { order_id: 'b', version: 1, line: 0, sku: 'x' },
  { order_id: 'c', version: 1, line: 0, sku: 'x' },
  { order_id: 'c', version: 1, line: 1, sku: 'y' },
  { order_id: 'd', version: 2, line: 0, sku: 'z' },
];
const ledger = () =>
  service.query(
    `select entity, valid, rejected, inserted, updated, deleted from monitor_db.handler_executions_latest
     where interval_start = '2024-01-01 01:00:00' order by entity`,
  );

test(
  'lines that are gone go, those of a rejected order or beside a rejected line stay as they were',
  { timeout: 120_000 },
  async () => {
    expect(await run(0)).toMatchObject({ code: 0 });
    expect(await lines()).toHaveLength(6);
    expect(await facts()).toEqual(await lines());
    expect(await run(1)).toMatchObject({ code: 0 });
    expect(await lines()).toEqual(expected);
    // also those of an interval that was not loaded again
    expect(await facts()).toEqual(expected);
    expect(await ledger()).toEqual([
      { entity: 'order_lines', valid: 1, rejected: 3, inserted: 0, updated: 1, deleted: 2 },
      { entity: 'orders', valid: 3, rejected: 1, inserted: 0, updated: 3, deleted: 0 },
    ]);
    const rejected = await service.waterclock('rejected', 'shop', '--interval', '2024-01-01T01:00Z');
    expect(JSON.stringify(rejected.json)).toContain('orders rejected the record, so that none of its rows load');
  },
);

test('an older hour that is loaded again, from any step, brings nothing back', { timeout: 180_000 }, async () => {
  const first = 'shop-2024-01-01T01:00:00Z';
  for (const step of ['copy', 'parquet', 'validate']) {
    const again = ['--from-step', step, '--entity', 'order_lines', '--dbt', 'skip', '--wait'];
    expect(await service.waterclock('retry', first, ...again)).toMatchObject({ code: 0 });
    expect(await lines()).toEqual(expected);
  }
});

test('a rebuild makes the same table, also with another order, of the raw', { timeout: 240_000 }, async () => {
  const rebuild = () => service.waterclock('rebuild', 'shop.order_lines', '--dbt', 'skip', '--wait');
  await service.administer('delete from shop.order_lines');
  expect(await rebuild()).toMatchObject({ code: 0, json: { intervals: 2, encoded: 0, rows: 4 } });
  expect(await lines()).toEqual(expected);
  await service.stopWorkers();
  const text = readFileSync(file(), 'utf8');
  const at = text.lastIndexOf("  order: ['version'],\n");
  writeFileSync(file(), text.slice(0, at) + text.slice(at).replace("  order: ['version'],\n", ''));
  await service.startWorker();
  expect(await run(2)).toMatchObject({ code: 1 });
  expect(await rebuild()).toMatchObject({ code: 0, json: { encoded: 2, rows: 4 } });
  expect(await lines()).toEqual(expected);
  expect(await run(2, '--force')).toMatchObject({ code: 0 });
});

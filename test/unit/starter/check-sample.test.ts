import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { sampleOf } from '../../../samples/sample.js';
import { defineEntity } from '../../../define/entity.js';
import type { EntityOptions, PipelineOptions } from '../../../define/options.js';
import { definePipeline } from '../../../define/pipeline.js';
import { httpJson, s3Objects } from '../../../sources/declare.js';
import { sampleProblems } from '../../../control/check-sample.js';
import { unknownTags } from '../../../control/dbt-tags.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-sample-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files: Record<string, string> = {
  'pipelines/shop/sample/sample.yaml': 'answers: [{ path: /orders, file: orders.json }]',
  'pipelines/shop/sample/orders.json': JSON.stringify({
    data: { orders: [{ id: 'a', kind: 'order', at: '2024-01-01T10:00:00Z', total: 3, lines: [{ total: 3 }] }] },
  }),
  'pipelines/drop/sample/sample.yaml': 'objects: { bucket: b, folder: objects, modified: 2024-01-01T10:00:00Z }',
  'pipelines/drop/sample/objects/1.json': '{"id":"a","kind":"order","at":"2024-01-01T10:00:00Z","total":3}',
  'pipelines/drop/sample/objects/2.json': '{"id":"b","kind":"order","at":"2024-01-01T10:00:00Z","total":4}',
  'dbt/dbt_project.yml': 'models:\n  shop:\n    +tags: [daily]\n    marts: { +tags: "hourly" }\n',
  'dbt/models/x.sql': "{{ config(tags=['weekly']) }} select 1",
  'dbt/models/y.yml': 'models:\n  - name: y\n    config:\n      tags:\n        - monthly\n        - yearly\n',
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const rows = (changes: Partial<EntityOptions> = {}) =>
  defineEntity({
    name: 'orders',
    mode: 'merge',
    key: ['id'],
    order: ['at'],
    schema: z.object({ id: z.string(), at: z.iso.datetime(), total: z.number() }),
    ...changes,
  });
const pipeline = (changes: Partial<PipelineOptions> = {}, entity = rows()) =>
  definePipeline({
    name: 'shop',
    description: '',
    schedule: { every: '1 hour' },
    source: httpJson({ url: 'https://shop.example.com/orders', records: { form: 'json', at: 'data.orders' } }),
    eventTime: 'at',
    entities: [entity],
    ...changes,
  });
const problems = async (given: ReturnType<typeof pipeline>, name = 'shop') => {
  const sample = sampleOf(folder, name);
  return sample && sampleProblems(given, sample);
};

test('a definition that fits its sample has no problem, of answers and of objects', async () => {
  expect(await problems(pipeline())).toEqual([]);
  const source = s3Objects({ bucket: 'b', prefix: '', modifiedIn: 'interval' });
  expect(await problems(pipeline({ source }), 'drop')).toEqual([]);
  expect(sampleOf(folder, 'without')).toBeUndefined();
});

test.each<[string, ReturnType<typeof pipeline>, RegExp]>([
  [
    'at',
    pipeline({ source: httpJson({ url: 'https://x.example.com', records: { form: 'json', at: 'data.items' } }) }),
    /data\.items/,
  ],
  ['eventTime', pipeline({ eventTime: 'changed' }), /^no record of its sample has a time at eventTime 'changed'$/],
  [
    'when',
    pipeline({}, rows({ when: { kind: 'refund' } })),
    /^`when` matches none of the 1 records of its sample: .*order/,
  ],
  [
    'rows',
    pipeline({}, rows({ rows: { each: 'items' } })),
    /^every row of orders in its sample is rejected \(1\): .*items: expected a list/,
  ],
  [
    'a column that the sample lacks',
    pipeline(
      {},
      rows({
        schema: z.object({ id: z.string(), at: z.iso.datetime(), total: z.number(), shop: z.string() }),
      }),
    ),
    /^every row of orders in its sample is rejected \(1\): .*shop/,
  ],
  [
    'with',
    pipeline(
      {},
      rows({
        rows: { each: 'lines', with: { id: 'id', at: 'at', shop: 'store' } },
        schema: z.object({ id: z.string(), at: z.iso.datetime(), total: z.number(), shop: z.string().nullish() }),
      }),
    ),
    /^no record of its sample has 'store', which `with` of orders takes as shop$/,
  ],
])('what meets nothing in the sample is named: %s', async (_, given, problem) => {
  const found = await problems(given);
  expect(found).toHaveLength(1);
  expect(found?.[0]).toMatch(problem);
});

test('a tag that no file of the dbt project has is found', () => {
  const tagged = (select: string) => pipeline({ dbt: { select } });
  const dbt = join(folder, 'dbt');
  for (const tag of ['daily', 'hourly', 'weekly', 'monthly', 'yearly'])
    expect(unknownTags([tagged(`tag:${tag}`)], dbt)).toEqual(new Map());
  expect(unknownTags([tagged('tag:daily tag:dayly,state:new +tag:yearly+')], dbt)).toEqual(
    new Map([['shop', ['dayly']]]),
  );
  expect(unknownTags([tagged('tag:dayly')], join(folder, 'nowhere'))).toEqual(new Map());
});

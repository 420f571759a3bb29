import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEntity } from '../../../define/entity.js';
import { recentChanges } from '../../../infer/recent-rows.js';
import { closedKey } from '../../../model/closed-run.js';
import { keys } from '../../../model/keys.js';
import { changesText } from '../../../starter/changes-text.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const orders = defineEntity({
  name: 'orders',
  mode: 'merge',
  key: ['id'],
  schema: z.object({
    id: z.int(),
    note: z.string().meta({ bytes: 8 }).nullish(),
    amount: z.int32(),
    city: z.object({ name: z.string().meta({ bytes: 64 }) }),
    left: z.unknown().meta({ column: false }),
    gone: z.string().nullish(),
  }),
});
const lines = defineEntity({
  name: 'lines',
  mode: 'merge',
  key: ['order_id', 'sku'],
  rows: { each: 'lines', with: { order_id: 'id' } },
  schema: z.object({ order_id: z.int(), sku: z.string().meta({ bytes: 16 }) }),
});
const pipeline = tinyPipeline({ entities: [orders, lines] });

const store = memoryStore();
async function put(day: number, records: object[]): Promise<void> {
  const runId = `run-${day}`;
  const interval = { start: `2026-11-0${day}T00:00:00Z`, end: `2026-11-0${day}T01:00:00Z` };
  const ended = { ...interval, runId, status: 'completed', finishedAt: `2026-11-0${day}T02:00:00Z` } as const;
  await store.put({ bucket: 'lake', key: closedKey('tiny', ended) }, '{}');
  await store.put({ bucket: 'raw', key: `part-${day}` }, JSON.stringify(records));
  const parts = [{ key: `part-${day}`, bytes: 1, gzip: false, sources: [] }];
  const manifest = { step: 'extract', bucket: 'raw', source: pipeline.source, parts, files: 1, bytes: 1 };
  await store.put({ bucket: 'lake', key: keys.step({ pipeline: 'tiny', runId }, 'extract') }, JSON.stringify(manifest));
}
const order = (id: number, more: object = {}) => ({
  id,
  note: 'short',
  amount: 3,
  city: { name: 'Vigo' },
  left: 1,
  lines: [{ sku: 'A', price: '2.50' }],
  ...more,
});

test('the raw of the last runs says which lines a schema lacks', async () => {
  await put(1, [order(1, { older: true })]);
  await put(
    2,
    Array.from({ length: 25 }, (_, id) => order(id, { coupon: 'SUMMER-26', city: { name: 'Vigo', zip: `3620${id}` } })),
  );
  await put(3, [order(30, { amount: 2.5 }), order(31, { note: 'a note that is longer' })]);
  const found = await recentChanges(store, 'lake', pipeline, 2);
  expect(found).toMatchObject({ runs: ['2026-11-02T01:00:00Z', '2026-11-03T01:00:00Z'], records: 27 });
  const [ofOrders, ofLines] = found.entities;
  expect(ofOrders?.changes.map(({ field, change, line }) => [field, change, line])).toEqual([
    ['note', 'longer', 'note: text(64).nullish(), // came as "a note that is longer", "short"'],
    ['amount', 'rejected', 'amount: exact(18, 4), // exact, since it is money by its name: 1 decimals came'],
    ['city.zip', 'new', 'zip: text(16).nullish(), // 5 to 6 bytes'],
    ['lines', 'new', 'lines: list().nullish(), // lists of up to 1'],
    ['coupon', 'new', 'coupon: text(32).nullish(), // came as "SUMMER-26"'],
    ['gone', 'never came', undefined],
  ]);
  expect(ofLines?.changes.map(({ field, change, line }) => [field, change, line])).toEqual([
    ['price', 'new', 'price: decimal(18, 4).nullish(), // up to 1 digits before the point, 2 behind'],
  ]);
  const text = changesText('tiny', found);
  expect(text).toContain('27 records of 2 runs of tiny, 2026-11-02T01:00:00Z to 2026-11-03T01:00:00Z');
  expect(text).toContain('+ coupon: new, in 25 of 27\n      coupon: text(32).nullish()');
  expect(text).toContain('- gone: never came, in none of 27');
});

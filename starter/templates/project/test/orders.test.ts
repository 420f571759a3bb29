import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validated } from 'waterclock/testing';
import { ordersPipeline } from '../pipelines/orders/definition.js';

const sample = readFileSync(new URL('../pipelines/orders/sample/orders.json', import.meta.url), 'utf8');

test('the orders of an hour become rows, and those of other hours are dropped', async () => {
  const interval = { start: '2026-01-05T09:00:00Z', end: '2026-01-05T10:00:00Z' };
  const { counts, entities, records } = await validated(ordersPipeline, sample, { interval });
  expect(records).toEqual([]);
  expect(counts.routed).toBeGreaterThan(0);
  expect(counts.routed + counts.dropped).toBe(counts.records);
  expect(entities['orders']).toMatchObject({ valid: counts.routed, rejected: 0 });
});

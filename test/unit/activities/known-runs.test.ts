import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { loadedIntervals } from '../../../activities/loaded-intervals.js';
import type { CloseInput } from '../../../activities/types.js';
import { newestClosed, putClosed } from '../../../lake/closed-runs.js';
import { memoryLedger } from '../../support/memory-ledger.js';
import { memoryStore } from '../../../testing/memory-store.js';

const interval = { start: '2026-03-01T00:00:00Z', end: '2026-03-01T01:00:00Z' };
const next = { start: interval.end, end: '2026-03-01T02:00:00Z' };
const from = interval.start;
const to = next.end;

function world() {
  const [store, ledger] = [memoryStore(), memoryLedger()];
  for (const [at, one] of [interval, next].entries()) {
    const run = { pipeline: 'p', interval: one, workflowId: '', runId: `r${at}`, trigger: 'schedule' as const };
    ledger.rows.push({ run, status: 'completed', finishedAt: one.end } as CloseInput);
  }
  const dependencies = { store, settings: { lakeBucket: 'lake' }, pipelines: [], warehouse: () => ledger.warehouse };
  const loaded = loadedIntervals(dependencies as unknown as Dependencies);
  const ask = (reprocess: 'none' | 'failed') =>
    new MockActivityEnvironment().run(loaded, { pipeline: 'p', from, to, reprocess });
  return { store, ask };
}

test('a backfill of the watch writes down what only the ledger knew, so the next look does not find it missing', async () => {
  const { store, ask } = world();
  // with its milliseconds, which the ledger's answer lacks
  const kept = { ...interval, runId: 'r0', status: 'completed' as const, finishedAt: '2026-03-01T01:00:00.250Z' };
  await putClosed(store, 'lake', 'p', kept);
  expect(await ask('none')).toEqual([interval.start, next.start]);
  const closed = await newestClosed(store, 'lake', 'p', from, to);
  expect(closed).toMatchObject([kept, { ...next, runId: 'r1', status: 'completed' }]);
  expect(store.keys()).toHaveLength(2);
});

test('a backfill that people ask for leaves the lake as it is', async () => {
  const { store, ask } = world();
  expect(await ask('failed')).toEqual([interval.start, next.start]);
  expect(store.keys()).toEqual([]);
});

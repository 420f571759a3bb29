import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { dependents, usedIntervals } from '../../../activities/downstream.js';
import { getJson, type ObjectStore } from '../../../lake/object-store.js';
import { putClosed } from '../../../lake/closed-runs.js';
import { intervalsBetween, type Interval } from '../../../model/interval.js';
import type { RunStatus } from '../../../model/run-result.js';
import type { Pipeline } from '../../../define/pipeline.js';
import { httpJson } from '../../../sources/declare.js';
import { memoryLedger } from '../../support/memory-ledger.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const [first, second, third] = intervalsBetween(
  { every: 3_600_000, offset: 0 },
  Date.parse('2026-03-01T00:00:00Z'),
  Date.parse('2026-03-01T03:00:00Z'),
) as [Interval, Interval, Interval];
const since = '2026-03-05T00:00:00Z';
const earlier = '2026-03-04T23:59:59.999Z';
const later = '2026-03-05T00:00:00.001Z';

async function lake(runs: [pipeline: string, interval: Interval, status: RunStatus, finishedAt: string][]) {
  const store = memoryStore();
  for (const [pipeline, interval, status, finishedAt] of runs) {
    await putClosed(store, 'lake', pipeline, { ...interval, status, finishedAt, runId: 'r' });
  }
  return store;
}

/** which intervals of `b`, after `a` and others, run again */
async function used(store: ObjectStore, b: Pipeline, others: Pipeline[] = []) {
  const settings = { lakeBucket: 'lake' };
  const pipelines = [tinyPipeline({ name: 'a' }), b, ...others];
  const dependencies = { pipelines, store, settings, warehouse: () => memoryLedger().warehouse };
  const work = usedIntervals(dependencies as unknown as Dependencies, () => Date.parse(third.end));
  const input = { pipeline: 'b', upstream: ['a'], from: first.start, to: third.end, since };
  const found = (await new MockActivityEnvironment().run(work, input)) as Awaited<ReturnType<typeof work>>;
  const intervals = found.listed ? await getJson<Interval[]>(store, found.listed.list) : [];
  return { starts: intervals.map(({ start }) => start), left: found.left, count: found.listed?.count };
}

test('only intervals whose newest run of the pipeline before ended since then run again', async () => {
  const store = await lake([
    ['a', first, 'completed', earlier],
    ['a', second, 'completed', later],
    ['a', third, 'failed', later],
    ...[first, second, third].map((one) => ['b', one, 'completed', earlier] as [string, Interval, RunStatus, string]),
  ]);
  const found = await used(store, tinyPipeline({ name: 'b', after: ['a'] }));
  expect(found).toEqual({ starts: [second.start], left: [], count: 1 });
});

test('an interval that would wait for another pipeline is left out', async () => {
  const store = await lake([
    ['a', first, 'completed', later],
    ['a', second, 'completed', later],
    ['c', first, 'marked', later],
    ['c', second, 'failed', later],
    ['b', first, 'completed', earlier],
    ['b', second, 'completed', earlier],
  ]);
  const found = await used(store, tinyPipeline({ name: 'b', after: ['a', 'c'] }), [tinyPipeline({ name: 'c' })]);
  expect(found.starts).toEqual([first.start]);
  expect(found.left).toEqual(['1 interval that would wait for one that has not loaded']);
});

test('of a snapshot only the last interval runs again', async () => {
  const store = await lake(
    [first, second, third].flatMap((one) => [
      ['a', one, 'completed', later],
      ['b', one, 'completed', earlier],
    ]),
  );
  const source = httpJson({ url: 'https://example.com/state', snapshot: true });
  const found = await used(store, tinyPipeline({ name: 'b', after: ['a'], source }));
  expect(found.starts).toEqual([third.start]);
  expect(found.left).toEqual(['2 intervals of a snapshot, which has no past to extract']);
});

test('a pipeline behind another names only those before it that run again', async () => {
  const pipelines = [
    tinyPipeline({ name: 'd', after: ['x', 'b', 'a'] }),
    tinyPipeline({ name: 'a' }),
    tinyPipeline({ name: 'b', after: ['a'], owner: 'ops' }),
    tinyPipeline({ name: 'x' }),
  ];
  const settings = { dbt: { target: 'local' }, heartbeatTimeout: 10_000 };
  const found = await dependents({ pipelines, settings } as Dependencies)({ pipeline: 'a' });
  expect(found.dependents).toMatchObject([
    { pipeline: 'b', after: ['a'], owner: 'ops', dbtTarget: 'local' },
    { pipeline: 'd', after: ['b', 'a'] },
  ]);
});

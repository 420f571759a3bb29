import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { close } from '../../activities/close.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { ready } from '../../activities/ready.js';
import type { Activities } from '../../activities/types.js';
import { putClosed } from '../../lake/closed-runs.js';
import { putJson } from '../../lake/object-store.js';
import { intervalsBetween, iso, type Interval } from '../../model/interval.js';
import { keys } from '../../model/keys.js';
import { runName } from '../../model/names.js';
import type { RunInput } from '../../model/plan.js';
import type { RunStatus } from '../../model/run-result.js';
import type { Warehouse } from '../../warehouse/data-api.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { memoryLedger } from '../support/memory-ledger.js';
import { memoryStore } from '../../testing/memory-store.js';
import { grid, runInput, timeSkipping, type Fakes, type TimeSkipping } from '../support/time-skipping.js';
import { tinyPipeline } from '../support/tiny-pipeline.js';

let world: TimeSkipping;
// a server of its own for each: after a signal the one that skips time skips less
beforeEach(async () => {
  world = await timeSkipping();
}, 60_000);
afterEach(() => world?.environment.teardown());

const minute = 60_000;
const quiet = new DefaultLogger('ERROR', () => undefined);
const upstream = tinyPipeline({ name: 'upstream' });
const hours = (count: number) => {
  const from = Date.parse('2022-11-24T00:00:00Z');
  return intervalsBetween(grid, from, from + count * grid.every);
};
const [first] = hours(1) as [Interval];

/** one pipeline after another, on a lake and a ledger that count */
function pair(changes: Parameters<typeof tinyPipeline>[0] = {}) {
  const name = `dependent${Math.random().toString(36).slice(2)}`;
  const dependent = tinyPipeline({ name, after: ['upstream'], ...changes });
  const pipelines = [upstream, dependent];
  const store = memoryStore();
  const counts = { looks: 0, statements: 0 };
  const { warehouse } = memoryLedger();
  const unwatched: Warehouse = { ...warehouse, execute: async () => ({}) };
  const watched: Warehouse = { ...unwatched, query: (...given) => (counts.statements++, warehouse.query(...given)) };
  const settings = { lakeBucket: 'lake', sources: {} };
  const { client } = world.environment;
  const dependencies = { pipelines, warehouse: () => watched, store, settings, client } as unknown as Dependencies;
  const look = ready(dependencies);
  const looked: Activities['ready'] = (input) => (counts.looks++, look({ ...input, plan: fake.plan }));
  const fake: Fakes = world.fakes({ ready: looked }, { policy: dependent.policy });
  const end = close({ ...dependencies, warehouse: () => unwatched });

  /** a run of the pipeline before ends */
  async function ends(interval: Interval, status: RunStatus = 'completed') {
    const now = iso(Math.floor((await world.environment.currentTimeMs()) / 1000) * 1000);
    await new MockActivityEnvironment({}, { logger: quiet }).run(end, {
      run: {
        pipeline: 'upstream',
        interval,
        workflowId: runName('upstream', interval),
        runId: now,
        trigger: 'manual' as const,
      },
      plan: { bucket: 'lake', key: 'plan' },
      dueAt: interval.end,
      startedAt: now,
      finishedAt: now,
      status,
      late: false,
      failures: [],
    });
  }

  /** by other means: no signal follows */
  const appears = (interval: Interval) =>
    putClosed(store, 'lake', 'upstream', {
      ...interval,
      status: 'completed',
      finishedAt: interval.end,
      runId: 'other',
    });

  const start = (interval: Interval): Promise<WorkflowHandle<typeof pipelineRun>> => {
    const input: RunInput = { ...runInput, pipeline: name, interval, dbt: 'skip' };
    const workflowId = runName(name, interval);
    return world.environment.client.workflow.start(pipelineRun, {
      workflowId,
      taskQueue: fake.taskQueue,
      args: [input],
    });
  };
  return { fake, counts, ends, appears, start, store };
}

/** ms from the beginning of the run to its end: the clock of the server may leap after that */
function lasted({ closed }: Fakes): number {
  return Date.parse(closed[0]?.finishedAt ?? '') - Date.parse(closed[0]?.startedAt ?? '');
}

test('a run that waits looks once, and again when the run before it has ended', async () => {
  const { fake, counts, ends, start } = pair();
  await world.running(fake, async () => {
    const handle = await start(first);
    await world.environment.sleep('5 minutes');
    await ends(first, 'failed');
    await world.environment.sleep('5 minutes');
    expect(counts.looks).toBe(1);
    await ends(first);
    await world.settled(handle);
    const { events = [] } = await handle.fetchHistory();
    expect((events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1);
  });
  expect(lasted(fake)).toBeLessThan(12 * minute);
  expect(counts.looks).toBe(2);
  expect(fake.closed).toMatchObject([
    { status: 'completed', steps: [{ step: 'wait', told: 'upstream has loaded' }, {}, {}, {}, {}, {}, {}] },
  ]);
});

test('an interval that loads without a signal is found within 20 minutes', async () => {
  const { fake, counts, appears, start } = pair();
  await world.running(fake, async () => {
    const handle = await start(first);
    await world.environment.sleep('600 minutes');
    await appears(first);
    await world.settled(handle);
    expect((await handle.describe()).historyLength).toBeLessThan(500);
  });
  expect(lasted(fake)).toBeLessThan(622 * minute);
  expect(counts.looks).toBeGreaterThanOrEqual(30);
  expect(counts.looks).toBeLessThan(34);
});

test('a run that waits in vain says at its end what it lacked', async () => {
  const { fake, start } = pair();
  await world.running(fake, async () => {
    const handle = await start(first);
    await world.settled(handle);
  });
  expect(lasted(fake)).toBeGreaterThan(23 * 60 * minute);
  const message = `waited 1440 minutes: upstream has not loaded ${first.start} to ${first.end}`;
  expect(fake.closed).toMatchObject([{ failures: [{ step: 'wait', type: 'SensorTimeout', message }] }]);
});

test('a run that waits is cancelled at once, and gets no signal afterwards', async () => {
  const { fake, counts, ends, start } = pair();
  await world.running(fake, async () => {
    const handle = await start(first);
    await world.environment.sleep('5 minutes');
    await handle.cancel();
    await world.settled(handle);
    await ends(first);
  });
  expect(lasted(fake)).toBeLessThan(6 * minute);
  expect(counts.looks).toBe(1);
  expect(fake.closed).toMatchObject([{ status: 'cancelled', failures: [] }]);
});

test('a run that waits for a marker too looks for it as often as it says, once the others have loaded', async () => {
  const { fake, counts, ends, start, store } = pair({
    waitFor: { marker: 's3://marks/{dt}/_SUCCESS', every: '1 minute', timeout: '5 hours' },
  });
  await world.running(fake, async () => {
    const handle = await start(first);
    await world.environment.sleep('50 minutes');
    expect(counts.looks).toBeLessThan(5);
    await ends(first);
    await world.environment.sleep('10 minutes');
    expect(counts.looks).toBeGreaterThan(10);
    await store.put({ bucket: 'marks', key: '2022-11-24/_SUCCESS' }, '');
    await world.settled(handle);
  });
  expect(fake.closed[0]?.steps?.[0]).toMatchObject({
    told: 'upstream has loaded, s3://marks/2022-11-24/_SUCCESS is there',
  });
});

test('the 24 runs of a day that wait 50 minutes each send no statement to the warehouse', async () => {
  const { fake, counts, ends, start, store } = pair();
  // what ran before the lake kept it is known
  await putJson(store, { bucket: 'lake', key: keys.closedSince('upstream') }, { from: '2022-11-01T00:00:00Z' });
  await world.running(fake, async () => {
    const handles = await Promise.all(hours(24).map(start));
    await world.environment.sleep('50 minutes');
    // at the begin, and twice in case no signal comes
    expect(counts.looks).toBe(24 * 3);
    for (const hour of hours(24)) await ends(hour);
    await Promise.all(handles.map((handle) => world.settled(handle)));
  });
  expect(fake.closed).toHaveLength(24);
  expect(counts).toEqual({ looks: 24 * 4, statements: 0 });
});

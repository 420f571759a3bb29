import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { Activities } from '../../activities/types.js';
import type { BackfillInput, BackfillResult } from '../../model/backfill.js';
import { intervalsBetween, lastComplete, type Interval } from '../../model/interval.js';
import { runName } from '../../model/names.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

const hour = 3_600_000;
const grid = { every: hour, offset: 0 };
const last = lastComplete(grid, Date.now());
const intervals = intervalsBetween(grid, Date.parse(last.end) - 3 * hour, Date.parse(last.end));
const [first, middle] = intervals as [Interval, Interval, Interval];

let service: NoOpService;
let extracted: string[];
/** what the ledger is asked before a backfill starts a run */
let beforeRuns: () => Promise<void>;
let letGo: () => void;
let held: Promise<void>;
const manifest = { bucket: 'lake', key: 'none' };
const changes = (): Partial<Activities> => ({
  async extract({ run }) {
    extracted.push(run.interval.start);
    await held;
    return { manifest, parts: 0, files: 0, bytes: 0 };
  },
  async loadedIntervals() {
    await beforeRuns();
    return [];
  },
});

beforeEach(async () => {
  extracted = [];
  beforeRuns = async () => undefined;
  held = new Promise((resolve) => (letGo = resolve));
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows(), changes);
  service.pipelines.push({ ...plainPipeline, name: 'p', grid });
});
afterEach(async () => {
  letGo();
  await service?.close();
});

async function startByHand(interval: Interval) {
  const handle = await service.client.workflow.start(pipelineRun, {
    workflowId: runName('p', interval),
    taskQueue: service.settings.taskQueue,
    args: [{ pipeline: 'p', interval, grid, trigger: 'manual', dbt: 'skip', params: {} }],
  });
  await eventually(() => extracted.includes(interval.start));
  return handle;
}

async function fill(given: Partial<BackfillInput>): Promise<BackfillResult> {
  const { start: from } = first;
  const dbt = { dbt: 'skip' as const, dbtTarget: 'none' };
  const range = { pipeline: 'p', from, to: last.end, grid, maxActive: 1, params: {} };
  const input: BackfillInput = { ...range, ...dbt, heartbeatTimeout: 10_000, ...given };
  const workflowId = `backfill-p-${Math.random()}`;
  const { taskQueue } = service.settings;
  return (await service.client.workflow.execute('backfill', {
    workflowId,
    taskQueue,
    args: [input],
  })) as BackfillResult;
}

const statusOf = async (interval: Interval) =>
  (await service.client.workflow.getHandle(runName('p', interval)).describe()).status.name;

test('a run that a person terminated before its turn is not started again where only what never ran is filled', async () => {
  const handle = await startByHand(middle);
  await setTimeout(1_100);
  await handle.terminate('wrong data, leave it alone');
  letGo();
  expect(await fill({ reprocess: 'none', trigger: 'watch' })).toMatchObject({
    total: 3,
    loadedEarlier: 1,
    succeeded: 3,
  });
  expect(await statusOf(middle)).toBe('TERMINATED');
  expect(extracted.filter((start) => start === middle.start)).toHaveLength(1);
});

test('nor is one that began and was terminated between the look and the start', async () => {
  letGo();
  const { workflow } = service.client;
  const start = workflow.start.bind(workflow) as (type: unknown, options: { workflowId: string }) => Promise<unknown>;
  let isRaced = false;
  workflow.start = (async (type: unknown, options: { workflowId: string }) => {
    if (!isRaced && options.workflowId === runName('p', middle)) {
      isRaced = true;
      held = new Promise((resolve) => (letGo = resolve));
      const handle = await startByHand(middle);
      await handle.terminate('wrong data, leave it alone');
      letGo();
    }
    return start(type, options);
  }) as typeof workflow.start;
  const filled = await fill({ reprocess: 'none', trigger: 'watch' });
  expect(isRaced).toBe(true);
  expect(filled).toMatchObject({ total: 3, failed: [{ run: runName('p', middle) }] });
  expect(await statusOf(middle)).toBe('TERMINATED');
});

test('a backfill takes the termination of a run that it found running for its end', async () => {
  const handle = await startByHand(first);
  await setTimeout(1_100);
  beforeRuns = async () => {
    await setTimeout(1_100);
    await handle.terminate('wrong data, leave it alone');
    letGo();
  };
  expect(await fill({})).toMatchObject({ total: 3, succeeded: 2, failed: [{ run: runName('p', first) }] });
  expect(await statusOf(first)).toBe('TERMINATED');
});

test('one that was terminated before a backfill begins is run by it', async () => {
  const handle = await startByHand(first);
  await handle.terminate('the worker was to be replaced');
  letGo();
  await setTimeout(1_100);
  expect(await fill({})).toMatchObject({ total: 3, succeeded: 3, failedCount: 0 });
  expect(await statusOf(first)).toBe('COMPLETED');
});

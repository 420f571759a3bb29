import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Activities, CloseInput } from '../../activities/types.js';
import { withFailures } from '../../activities/failures.js';
import { TerminalError } from '../../model/errors.js';
import { intervalEnding, type Interval } from '../../model/interval.js';
import type { BackfillInput, DbtResult, Plan, RunInput } from '../../model/plan.js';
import { attributes, startAttributes } from '../../model/attributes.js';
import { pipelines } from '../../pipelines/index.js';

import { backfill } from '../../workflows/backfill.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundle;

beforeAll(async () => {
  bundle = await bundleWorkflowCode({ workflowsPath: join(import.meta.dirname, '../../workflows') });
  environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: inject('stack').tools.testServer } },
  });
  const types = Object.values(attributes).map(({ name, type }) => [
    name,
    encodeSearchAttributeIndexedValueType(type) ?? 0,
  ]);
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(types),
  });
}, 60_000);
afterAll(() => environment?.teardown());

const interval: Interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const grid = { every: 3_600_000, offset: 300_000 };
const input: RunInput = { pipeline: 'door2door', interval, grid, trigger: 'manual', dbt: 'build', params: {} };
const ref = (key: string) => ({ bucket: 'lake', key });
const success: DbtResult = { status: 'success', ok: 5, failed: 0, skipped: 0, failures: [] };

function planned(): Plan {
  const pipeline = pipelines.find((pipeline) => pipeline.name === 'door2door');
  if (!pipeline) throw new Error('no door2door');
  return {
    source: pipeline.source,
    entities: pipeline.entities.map((entity) => entity.plan),
    maxRejected: pipeline.maxRejected,
    deadline: 1_800_000,
    dbtSelect: 'tag:door2door',
    rawBucket: 'raw',
    lakeBucket: 'lake',
    dbtTarget: `target-${Math.random()}`,
    // the fakes send no heartbeat, and time is skipped
    heartbeatTimeout: 7_200_000,
  };
}

const targets: string[] = [];

/** activities that answer at once and note their calls */
function fakes(changes: Partial<Activities> = {}) {
  const calls: string[] = [];
  const closed: CloseInput[] = [];
  const plan = planned();
  const taskQueue = `queue-${Math.random()}`;
  const activities: Activities = {
    plan: async () => plan,
    extract: async () => ({ manifest: ref('extract'), parts: 2, files: 3, bytes: 10 }),
    validatePart: async ({ part }) => void calls.push(`part ${part}`),
    validate: async () => ({
      manifest: ref('validate'),
      counts: { records: 4, routed: 3, ignored: 1, dropped: 0, unparseable: 0 },
      entities: { vehicle_location: { valid: 2, rejected: 1 }, operating_periods: { valid: 1, rejected: 0 } },
    }),
    parquet: async ({ entity }) => ({ manifest: ref(`parquet.${entity}`), rows: 1, files: 1, bytes: 1 }),
    copy: async ({ entity }) => {
      calls.push(`copy ${entity}`);
      return { manifest: ref('copy'), outcome: 'loaded', valid: 2, staged: 2, inserted: 2, updated: 0, deleted: 0 };
    },
    close: async (input) => void closed.push(input),
    loadedIntervals: async () => [],
    ensureRun: async ({ interval }) => ({ status: 'completed', run: `door2door-${interval.end}` }),
    needBuild: async ({ target, need }) => {
      targets.push(target);
      await environment.client.workflow.signalWithStart('dbtBuilds', {
        workflowId: `dbt-${target}`,
        taskQueue,
        args: [{ target, heartbeatTimeout: 2_000, needs: [] }],
        signal: 'need',
        signalArgs: [need],
      });
    },
    dbtBuild: async ({ selects }) => {
      calls.push(`dbt ${selects.join(' + ')}`);
      return {
        bySelect: Object.fromEntries(selects.map((select) => [select, success])),
        total: success,
        artifacts: '',
      };
    },
    ...changes,
  };
  return { activities, calls, closed, taskQueue };
}

async function running<T>({ activities, taskQueue }: ReturnType<typeof fakes>, work: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: bundle,
    activities: withFailures(activities),
  });
  try {
    return await worker.runUntil(work());
  } finally {
    // a builder without a worker would stop time from being skipped
    for (const target of targets.splice(0)) {
      const builder = environment.client.workflow.getHandle(`dbt-${target}`);
      await builder.terminate().catch(() => undefined);
    }
  }
}

const execute = (fake: ReturnType<typeof fakes>, given: RunInput = input) =>
  running(fake, () =>
    environment.client.workflow.execute(pipelineRun, {
      workflowId: `run-${Math.random()}`,
      taskQueue: fake.taskQueue,
      args: [given],
      typedSearchAttributes: startAttributes(given, interval),
    }),
  );

// first, since any workflow that is left without a worker stops time from being skipped
test('a scheduled run waits until it is due, and is late once its deadline has passed', async () => {
  const now = await environment.currentTimeMs();
  const end = Math.ceil(now / grid.every) * grid.every + grid.every;
  const started: number[] = [];
  const fake = fakes({
    extract: async () => {
      started.push(await environment.currentTimeMs());
      await environment.sleep('31 minutes');
      return { manifest: ref('extract'), parts: 0, files: 0, bytes: 0 };
    },
  });
  const scheduled: RunInput = { ...input, trigger: 'schedule', interval: intervalEnding(grid, end), dbt: 'skip' };
  const result = await execute(fake, scheduled);
  expect(started[0]).toBeGreaterThanOrEqual(end + grid.offset);
  expect(result.late).toBe(true);
  expect(fake.closed).toMatchObject([{ late: true, status: 'completed' }]);
});

test('a run takes every step, and tells what it loaded', async () => {
  const fake = fakes();
  const result = await execute(fake);
  expect(fake.calls.at(-1)).toBe('dbt tag:door2door');
  expect(fake.calls.sort()).toEqual([
    'copy operating_periods',
    'copy vehicle_location',
    'dbt tag:door2door',
    'part 0',
    'part 1',
  ]);
  expect(result.entities).toEqual({
    vehicle_location: { valid: 2, rejected: 1, loaded: 2 },
    operating_periods: { valid: 2, rejected: 0, loaded: 2 },
  });
  expect(fake.closed).toMatchObject([
    { status: 'completed', failures: [], counts: { records: 4 }, extracted: { files: 3 } },
  ]);
});

test('an entity whose load fails does not stop the other; the run fails at its end, naming it', async () => {
  const fake = fakes({
    copy: async ({ entity }) => {
      if (entity === 'vehicle_location') throw new TerminalError('SchemaMismatch', 'column x is missing');
      return { manifest: ref('copy'), outcome: 'loaded', valid: 1, staged: 1, inserted: 1, updated: 0, deleted: 0 };
    },
  });
  const failure = await execute(fake).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect((failure as WorkflowFailedError).cause?.message).toBe(
    'copy vehicle_location: SchemaMismatch: column x is missing',
  );
  expect(fake.closed).toMatchObject([
    { status: 'failed', failures: [{ step: 'copy', entity: 'vehicle_location', type: 'SchemaMismatch' }] },
  ]);
});

test('`until extract` ends there, and is no loaded run', async () => {
  const fake = fakes();
  await execute(fake, { ...input, until: 'extract' });
  expect(fake.calls).toEqual([]);
  expect(fake.closed).toMatchObject([{ status: 'partial' }]);
});

test('a transient error is tried again, a terminal one is not', async () => {
  let tries = 0;
  const fake = fakes({
    extract: async () => {
      if (++tries < 3) throw new Error('connection reset');
      throw new TerminalError('SourceNotFound', 'no bucket');
    },
  });
  await expect(execute(fake)).rejects.toBeInstanceOf(WorkflowFailedError);
  expect(tries).toBe(3);
  expect(fake.closed).toMatchObject([{ status: 'failed', failures: [{ step: 'extract', type: 'SourceNotFound' }] }]);
});

test('a failed dbt test fails the run by its name', async () => {
  const broken: DbtResult = {
    status: 'failed',
    ok: 4,
    failed: 1,
    skipped: 0,
    failures: [{ name: 'unique_x', message: 'got 2 results' }],
  };
  const fake = fakes({
    dbtBuild: async ({ selects }) => ({ bySelect: { [selects[0] ?? '']: broken }, total: broken, artifacts: '' }),
  });
  const failure = (await execute(fake).catch((error: unknown) => error)) as WorkflowFailedError;
  expect(failure.cause?.message).toContain('unique_x: got 2 results');
});

test('a backfill runs each interval once, at most so many at a time, and builds once', async () => {
  let active = 0;
  let most = 0;
  const fake = fakes({
    loadedIntervals: async () => ['2022-11-24T10:00:00Z'],
    ensureRun: async ({ interval }) => {
      most = Math.max(most, ++active);
      await new Promise((resolve) => setTimeout(resolve, 20));
      active--;
      const run = `door2door-${interval.end}`;
      if (interval.end === '2022-11-24T13:00:00Z') return { status: 'failed', run, error: 'no bucket' };
      return { status: interval.end < '2022-11-24T12:30:00Z' ? 'loaded earlier' : 'completed', run };
    },
  });
  const args: BackfillInput = {
    pipeline: 'door2door',
    from: '2022-11-24T10:00:00Z',
    to: '2022-11-24T20:00:00Z',
    grid,
    maxActive: 3,
    dbt: 'build',
    dbtSelect: 'tag:door2door',
    dbtTarget: `t-${Math.random()}`,
    heartbeatTimeout: 2_000,
    params: {},
  };
  const result = await running(fake, () =>
    environment.client.workflow.execute(backfill, {
      workflowId: `b-${Math.random()}`,
      taskQueue: fake.taskQueue,
      args: [args],
    }),
  );
  expect(most).toBe(3);
  expect(result).toMatchObject({
    total: 10,
    loadedEarlier: 2,
    succeeded: 9,
    started: 8,
    failed: [{ run: 'door2door-2022-11-24T13:00:00Z' }],
  });
  expect(fake.calls).toEqual(['dbt tag:door2door']);
});

test('a cancelled run is closed as cancelled', async () => {
  const fake = fakes({
    extract: () => Context.current().cancelled,
  });
  await running(fake, async () => {
    const handle = await environment.client.workflow.start(pipelineRun, {
      workflowId: `run-${Math.random()}`,
      taskQueue: fake.taskQueue,
      args: [input],
    });
    await environment.sleep('1 second');
    await handle.cancel();
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
  });
  expect(fake.closed).toMatchObject([{ status: 'cancelled', failures: [] }]);
});

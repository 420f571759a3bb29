import { ApplicationFailure, Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TerminalError, workerShutdown } from '../../model/errors.js';
import { intervalEnding } from '../../model/interval.js';
import type { RunInput } from '../../model/plan.js';
import { grid, planOf, ref, runInput as input, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

// first, since any workflow that is left without a worker stops time from being skipped
test('a scheduled run waits until it is due, and is late once its deadline has passed', async () => {
  const now = await world.environment.currentTimeMs();
  const end = Math.ceil(now / grid.every) * grid.every + grid.every;
  const started: number[] = [];
  const fake = world.fakes({
    extract: async () => {
      started.push(await world.environment.currentTimeMs());
      await world.environment.sleep('31 minutes');
      return { manifest: ref('extract'), parts: 0, files: 0, bytes: 0 };
    },
  });
  const scheduled: RunInput = { ...input, trigger: 'schedule', interval: intervalEnding(grid, end), dbt: 'skip' };
  const result = await world.execute(fake, scheduled);
  expect(started[0]).toBeGreaterThanOrEqual(end + grid.offset);
  expect(result.late).toBe(true);
  expect(fake.closed).toMatchObject([{ late: true, status: 'completed' }]);
});

test('a run takes every step, and tells what it loaded', async () => {
  const fake = world.fakes();
  const result = await world.execute(fake);
  expect(fake.calls.at(-1)).toBe('dbt tag:minibuses');
  expect(fake.calls.sort()).toEqual(['copy duties', 'copy positions', 'dbt tag:minibuses', 'part 0', 'part 1']);
  expect(result.entities).toEqual({
    positions: { valid: 2, rejected: 1, loaded: 2 },
    duties: { valid: 2, rejected: 0, loaded: 2 },
  });
  expect(fake.closed).toMatchObject([
    { status: 'completed', failures: [], counts: { records: 4 }, extracted: { files: 3 } },
  ]);
});

test('an entity whose load fails does not stop the other; the run fails at its end, naming it', async () => {
  const fake = world.fakes({
    copy: async ({ entity }) => {
      if (entity === 'positions') throw new TerminalError('SchemaMismatch', 'column x is missing');
      return { manifest: ref('copy'), outcome: 'loaded', valid: 1, staged: 1, inserted: 1, updated: 0, deleted: 0 };
    },
  });
  const failure = await world.execute(fake).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect((failure as WorkflowFailedError).cause?.message).toBe('copy positions: SchemaMismatch: column x is missing');
  expect(fake.closed).toMatchObject([
    { status: 'failed', failures: [{ step: 'copy', entity: 'positions', type: 'SchemaMismatch' }] },
  ]);
  // dbt builds what has its inputs
  expect(fake.builds).toEqual([
    [{ select: 'tag:minibuses', loaded: ['minibuses.duties'], failed: ['minibuses.positions'] }],
  ]);
});

test('when no entity is loaded nothing is built', async () => {
  const fake = world.fakes({
    copy: async () => {
      throw new TerminalError('SchemaMismatch', 'column x is missing');
    },
  });
  await expect(world.execute(fake)).rejects.toBeInstanceOf(WorkflowFailedError);
  expect(fake.builds).toEqual([]);
});

test('`until extract` ends there, and is no loaded run', async () => {
  const fake = world.fakes();
  await world.execute(fake, { ...input, until: 'extract' });
  expect(fake.calls).toEqual([]);
  expect(fake.closed).toMatchObject([{ status: 'partial' }]);
});

test('a retry of one entity, the other one never loaded, is no loaded run', async () => {
  const entities = planOf('minibuses').entities.filter(({ name }) => name === 'positions');
  const fake = world.fakes({}, { entities, left: ['duties'] });
  await world.execute(fake, { ...input, entities: ['positions'] });
  expect(fake.calls).toContain('copy positions');
  expect(fake.calls).not.toContain('copy duties');
  expect(fake.closed).toMatchObject([{ status: 'partial' }]);
});

test('a retry takes the steps before its first from the earlier run', async () => {
  const counts = { records: 1, routed: 1, ignored: 0, dropped: 0, unparseable: 0 };
  const reuse = {
    run: 'earlier',
    loaded: [],
    extracted: { manifest: ref('extract'), parts: 1, files: 1, bytes: 1 },
    validated: { manifest: ref('validate'), counts, entities: { positions: { valid: 1, rejected: 0 } } },
  };
  const fake = world.fakes({}, { reuse });
  await world.execute(fake, { ...input, from: 'parquet', source: 'earlier', dbt: 'skip' });
  expect(fake.calls.sort()).toEqual(['copy duties', 'copy positions']);
  expect(fake.closed).toMatchObject([{ status: 'completed', counts, extracted: { files: 1 } }]);
});

test('a transient error is tried again, a terminal one is not', async () => {
  let tries = 0;
  const fake = world.fakes({
    extract: async () => {
      if (++tries < 3) throw new Error('connection reset');
      throw new TerminalError('SourceNotFound', 'no bucket');
    },
  });
  await expect(world.execute(fake)).rejects.toBeInstanceOf(WorkflowFailedError);
  expect(tries).toBe(3);
  expect(fake.closed).toMatchObject([{ status: 'failed', failures: [{ step: 'extract', type: 'SourceNotFound' }] }]);
});

test('a step whose worker was asked to end is done again, though it has one attempt', async () => {
  let tries = 0;
  const once = { attempts: 1, timeout: 60_000, initial: 1_000, maximum: 1_000, backoff: 1 };
  const policy = { onFailure: 'fail' as const, parkFor: 0, alerts: {}, after: [], settle: [] };
  const fake = world.fakes(
    {
      extract: async () => {
        if (++tries === 1) throw ApplicationFailure.retryable('the worker ends', workerShutdown);
        return { manifest: ref('extract'), parts: 1, files: 1, bytes: 1 };
      },
    },
    { policy: { ...policy, retries: { extract: once } } },
  );
  await world.execute(fake);
  expect(tries).toBe(2);
  expect(fake.closed).toMatchObject([{ status: 'completed' }]);
});

test('a cancelled run is closed as cancelled', async () => {
  const fake = world.fakes({
    extract: () => Context.current().cancelled,
  });
  await world.running(fake, async () => {
    const handle = await world.environment.client.workflow.start(pipelineRun, {
      workflowId: `run-${Math.random()}`,
      taskQueue: fake.taskQueue,
      args: [input],
    });
    await world.environment.sleep('1 second');
    await handle.cancel();
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
  });
  expect(fake.closed).toMatchObject([{ status: 'cancelled', failures: [] }]);
});

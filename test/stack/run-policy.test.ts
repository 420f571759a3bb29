import { afterAll, beforeAll, expect, test } from 'vitest';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { notReady, TerminalError } from '../../model/errors.js';
import { intervalEnding } from '../../model/interval.js';
import type { RunInput } from '../../model/plan.js';
import type { Policy } from '../../model/policy.js';
import type { StepOutcome } from '../../model/step-outcome.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import {
  grid,
  interval,
  ref,
  runInput,
  timeSkipping,
  type Fakes,
  type TimeSkipping,
} from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

const minute = 60_000;
const policy = (changes: Partial<Policy> = {}): Policy => ({
  onFailure: 'fail',
  parkFor: 1_440 * minute,
  retries: {},
  alerts: { failed: ['log'], late: ['log'], gap: ['log'] },
  after: [],
  settle: [],
  ...changes,
});

const start = (fake: Fakes, input: RunInput = runInput) =>
  world.environment.client.workflow.start(pipelineRun, {
    workflowId: `run-${Math.random()}`,
    taskQueue: fake.taskQueue,
    args: [input],
  });

const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** of a schedule: the interval ends in the future, so that nothing is due yet */
async function scheduled(): Promise<RunInput & { interval: { start: string; end: string } }> {
  const now = await world.environment.currentTimeMs();
  const end = Math.ceil(now / grid.every) * grid.every;
  return { ...runInput, trigger: 'schedule', interval: intervalEnding(grid, end), dbt: 'skip' };
}

const broken = {
  extract: async () => {
    throw new TerminalError('SourceRefused', 'no permission');
  },
};

// first, since workflows that outlive their test, as alerts may, stop time from being skipped
test('a parked run fails by itself after a day, and the deadline still fires', async () => {
  const fake = world.fakes(broken, { policy: policy({ onFailure: 'park', alerts: {} }) });
  const before = await world.environment.currentTimeMs();
  await world.running(fake, async () => {
    await expect((await start(fake, await scheduled())).result()).rejects.toBeInstanceOf(WorkflowFailedError);
  });
  const took = (await world.environment.currentTimeMs()) - before;
  expect(took).toBeGreaterThan(1_440 * minute);
  expect(fake.closed).toMatchObject([{ status: 'failed', late: true, failures: [{ type: 'SourceRefused' }] }]);
});

test('a sensor asks until it is there, holding no slot, or gives up', async () => {
  let looks = 0;
  const notThere = (): never => {
    throw ApplicationFailure.create({ type: notReady, message: '1 of at least 2 objects' });
  };
  const waitFor = { minimumObjects: 2, every: 5 * minute, timeout: 60 * minute };
  const there = world.fakes(
    { ready: async () => (++looks < 4 ? notThere() : { found: '2 objects' }) },
    { policy: policy({ waitFor, alerts: {} }) },
  );
  await world.execute(there, { ...runInput, dbt: 'skip' });
  expect(looks).toBe(4);
  expect(there.closed).toMatchObject([{ status: 'completed' }]);

  const never = world.fakes({ ready: async () => notThere() }, { policy: policy({ waitFor, alerts: {} }) });
  await expect(world.execute(never)).rejects.toBeInstanceOf(WorkflowFailedError);
  const message = 'waited 60 minutes: 1 of at least 2 objects';
  expect(never.closed).toMatchObject([{ failures: [{ step: 'wait', type: 'SensorTimeout', message }] }]);
});

test('a scheduled run tries until its next interval is due; others as often as their definition says', async () => {
  let tries = 0;
  const failing = {
    extract: async () => {
      tries++;
      throw new Error('connection reset');
    },
  };
  const retries = { extract: { attempts: 2, initial: 1_000, backoff: 2, maximum: minute, timeout: minute } };
  const twice = world.fakes(failing, { policy: policy({ retries, alerts: {} }) });
  await expect(world.execute(twice)).rejects.toBeInstanceOf(WorkflowFailedError);
  expect(tries).toBe(2);

  tries = 0;
  const fake = world.fakes(failing, { policy: policy({ alerts: {} }) });
  const input = await scheduled();
  await expect(world.execute(fake, input)).rejects.toBeInstanceOf(WorkflowFailedError);
  // six quick ones, then one a minute for an hour
  expect(tries).toBeGreaterThan(50);
  const nextDue = Date.parse(input.interval.end) + grid.every + grid.offset;
  expect(Math.abs(Date.parse(fake.closed[0]?.finishedAt ?? '') - nextDue)).toBeLessThan(2 * minute);
}, 120_000);

test('a scheduled run that is late is told once, at its deadline, and goes on', async () => {
  const at: number[] = [];
  const fake = world.fakes(
    {
      extract: async () => {
        await world.environment.sleep('50 minutes');
        return { manifest: ref('extract'), parts: 0, files: 0, bytes: 0 };
      },
    },
    { policy: policy({ retryBudget: 'unlimited', alerts: { late: ['log'], rejected: ['log'] } }) },
  );
  const { sendAlert } = fake.activities;
  fake.activities.sendAlert = async (given) => {
    at.push(await world.environment.currentTimeMs());
    await sendAlert(given);
  };
  const input = await scheduled();
  const result = await world.running(fake, async () => {
    const result = await (await start(fake, input)).result();
    await until(() => fake.alerts.length > 1);
    return result;
  });
  expect(result.late).toBe(true);
  expect(fake.alerts.map(({ kind, channel }) => [kind, channel])).toEqual([
    ['late', 'log'],
    ['rejected', 'log'],
  ]);
  const deadline = Date.parse(input.interval.end) + grid.offset + 30 * minute;
  expect((at[0] ?? 0) - deadline).toBeGreaterThanOrEqual(0);
  expect((at[0] ?? 0) - deadline).toBeLessThan(minute);
});

test('a failed run is told with step, error and remedy', async () => {
  const fake = world.fakes(
    {
      extract: async () => {
        throw new TerminalError('SourceNotFound', 'no bucket x');
      },
    },
    { policy: policy({ alerts: { failed: ['slack', 'email'] } }) },
  );
  await world.running(fake, async () => {
    await expect((await start(fake)).result()).rejects.toBeInstanceOf(WorkflowFailedError);
    await until(() => fake.alerts.length === 2);
  });
  expect(fake.alerts.map(({ channel }) => channel).sort()).toEqual(['email', 'slack']);
  expect(fake.alerts).toMatchObject([
    {
      kind: 'failed',
      pipeline: 'minibuses',
      interval,
      step: 'extract',
      message: 'SourceNotFound: no bucket x',
    },
    { remedy: expect.stringContaining('check the address') },
  ]);
});

test('a run that makes up for one that was told as failed is told as recovered', async () => {
  const fake = world.fakes({}, { policy: policy({ alerts: { recovered: ['log'] } }) });
  const { close } = fake.activities;
  fake.activities.close = async (input) => ({ ...(await close(input)), recovered: true });
  await world.running(fake, async () => {
    await (await start(fake, { ...runInput, dbt: 'skip' })).result();
    await until(() => fake.alerts.length > 0);
  });
  expect(fake.alerts).toMatchObject([{ kind: 'recovered' }]);
});

test('a parked run waits for a person, who lets it try again', async () => {
  let isMended = false;
  const fake = world.fakes(
    {
      copy: async ({ entity }) => {
        if (entity === 'duties' && !isMended) throw new TerminalError('WarehouseRejected', 'no permission');
        return { manifest: ref('copy'), outcome: 'loaded', valid: 1, staged: 1, inserted: 1, updated: 0, deleted: 0 };
      },
    },
    { policy: policy({ onFailure: 'park' }) },
  );
  const result = await world.running(fake, async () => {
    const handle = await start(fake, { ...runInput, dbt: 'skip' });
    await until(() => fake.alerts.length > 0);
    const resolve = (word: string) => handle.executeUpdate<string[], [string]>('resolve', { args: [word] });
    await expect(resolve('again')).rejects.toThrow();
    isMended = true;
    expect(await resolve('retry')).toEqual(['copy duties']);
    return handle.result();
  });
  expect(result.entities['duties']).toMatchObject({ loaded: 1 });
  expect(fake.alerts[0]).toMatchObject({ kind: 'failed', remedy: expect.stringContaining('waterclock resolve') });
  expect(fake.closed).toMatchObject([{ status: 'completed', failures: [] }]);
});

test('a parked run that is skipped ends well and is not loaded', async () => {
  const fake = world.fakes(broken, { policy: policy({ onFailure: 'park' }) });
  await world.running(fake, async () => {
    const handle = await start(fake);
    await until(() => fake.alerts.length > 0);
    await handle.executeUpdate('resolve', { args: ['skip'] });
    await handle.result();
  });
  expect(fake.closed).toMatchObject([{ status: 'skipped', failures: [] }]);
});

test('who answered a parked run, and why, is with its step, in the table, and where the run is closed', async () => {
  const fake = world.fakes(broken, { policy: policy({ onFailure: 'park' }) });
  const [retried, skipped] = [
    { by: 'bob', note: 'the vendor is up' },
    { by: 'ada', note: 'no file | ticket 4711' },
  ];
  const details = await world.running(fake, async () => {
    const handle = await start(fake);
    await until(() => fake.alerts.length === 1);
    const resolve = (answer: string, reason: unknown) =>
      handle.executeUpdate<string[], [string, unknown]>('resolve', { args: [answer, reason] });
    await expect(resolve('skip', { by: 'ada', note: 'x'.repeat(1_001) })).rejects.toThrow();
    await resolve('retry', retried);
    await until(() => fake.alerts.length === 2);
    expect(await handle.query<StepOutcome[]>('steps')).toMatchObject([{ state: 'parked', resolved: [retried] }]);
    await resolve('skip', skipped);
    await handle.result();
    return handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  });
  const resolved = [
    { answer: 'retry', ...retried },
    { answer: 'skip', ...skipped },
  ];
  expect(fake.closed).toMatchObject([{ status: 'skipped', steps: [{ state: 'skipped', resolved }] }]);
  expect(details.currentDetails).toContain('retry by bob: the vendor is up; skip by ada: no file / ticket 4711');
});

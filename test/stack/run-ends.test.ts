import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributes } from '../../model/attributes.js';
import { selectionKey, type DbtResult } from '../../model/dbt.js';
import { TerminalError, TransientError } from '../../model/errors.js';
import type { RunInput } from '../../model/plan.js';
import type { Policy } from '../../model/policy.js';
import type { StepOutcome } from '../../model/step-outcome.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { ref, runInput, timeSkipping, type Fakes, type TimeSkipping } from '../support/time-skipping.js';

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
  alerts: { failed: ['log'], rejected: ['log'] },
  after: [],
  settle: [],
  ...changes,
});
const withoutModels: RunInput = { ...runInput, dbt: 'skip' };

const start = (fake: Fakes, input: RunInput = withoutModels) =>
  world.environment.client.workflow.start(pipelineRun, {
    workflowId: `run-${Math.random()}`,
    taskQueue: fake.taskQueue,
    args: [input],
  });

const words = (end: unknown) => (end instanceof WorkflowFailedError ? (end.cause?.message ?? '') : 'completed');

/** how the run ends, in words */
const outcome = (fake: Fakes, input?: RunInput): Promise<string> =>
  world.running(fake, async () => words(await world.settled(await start(fake, input))));

const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** does not answer before its time, counted from when it is first asked */
function away<T>(forMs: number, then: () => T): () => Promise<T> {
  let since: number | undefined;
  return async () => {
    const now = await world.environment.currentTimeMs();
    since ??= now;
    if (now - since < forMs) throw new TransientError('the Data API answered: the workgroup is paused');
    return then();
  };
}

// first, since alerts that outlive their run stop time from being skipped
test('with the warehouse away a failure alerts at once with its own cause, and the ledger is written later', async () => {
  const fake = world.fakes(
    { extract: () => Promise.reject(new TerminalError('SourceRefused', '403')) },
    { policy: policy() },
  );
  const { close, sendAlert } = fake.activities;
  const began = away(45 * minute, () => undefined);
  let alertedAfter: number | undefined;
  fake.activities.sendAlert = async (given) => {
    alertedAfter = fake.closed.length;
    await sendAlert(given);
  };
  fake.activities.close = async (input) => {
    await began();
    return close(input);
  };
  expect(await outcome(fake)).toBe('extract: SourceRefused: 403');
  expect(alertedAfter).toBe(0);
  expect(fake.alerts).toMatchObject([{ kind: 'failed', step: 'extract', message: 'SourceRefused: 403' }]);
  expect(fake.closed).toMatchObject([{ status: 'failed', failures: [{ step: 'extract' }] }]);
});

test('a run that loaded has not failed while the ledger does not take it, and shows what it waits for', async () => {
  const fake = world.fakes({}, { policy: policy() });
  const { close } = fake.activities;
  let isAway = true;
  fake.activities.close = async (input) => {
    if (isAway) throw new TerminalError('WarehouseRejected', 'permission denied for monitor_db');
    return close(input);
  };
  await world.running(fake, async () => {
    const handle = await start(fake);
    await until(() => fake.alerts.some(({ step }) => step === 'close'));
    const shown = await handle.query<StepOutcome[]>('steps');
    expect(shown.at(-1)).toMatchObject({ step: 'close', state: 'running', told: expect.stringMatching(/^completed;/) });
    isAway = false;
    await world.settled(handle);
  });
  expect(fake.closed).toMatchObject([{ status: 'completed' }]);
  expect(fake.alerts.find(({ kind }) => kind === 'failed')?.message).toContain('the run has ended as completed');
});

test('a run whose plan fails is closed as failed and alerts, though its definition is gone', async () => {
  const fake = world.fakes({
    plan: () => Promise.reject(new TerminalError('UnknownPipeline', 'no pipeline is named x')),
  });
  fake.activities.alertChannels = async () => ['log', 'slack'];
  expect(await outcome(fake, { ...withoutModels, params: { level: 2 } })).toBe(
    'plan: UnknownPipeline: no pipeline is named x',
  );
  expect(fake.closed).toMatchObject([
    { status: 'failed', params: { level: 2 }, failures: [{ step: 'plan', type: 'UnknownPipeline' }] },
  ]);
  expect(fake.alerts.map(({ channel, kind, step }) => `${channel} ${kind} ${step}`).sort()).toEqual([
    'log failed plan',
    'slack failed plan',
  ]);
});

test('a parked entity shows as parked whatever the others do, until a person answers', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const fake = world.fakes(
    {
      parquet: async ({ entity }) => {
        if (entity === 'positions') throw new TerminalError('SchemaMismatch', 'a column is missing');
        await held;
        return { manifest: ref('p'), rows: 1, files: 1, bytes: 1 };
      },
    },
    { policy: policy({ onFailure: 'park' }) },
  );
  await world.running(fake, async () => {
    const handle = await start(fake);
    const step = async () => (await handle.describe()).typedSearchAttributes.get(attributes.Step);
    await until(async () => (await step()) === 'parked');
    release();
    const copied = async () =>
      (await handle.query<StepOutcome[]>('steps')).some((one) => one.step === 'copy' && one.state === 'done');
    await until(copied);
    expect(await step()).toBe('parked');
    await handle.executeUpdate('resolve', { args: ['fail'] });
    expect(await world.settled(handle)).toBeInstanceOf(WorkflowFailedError);
    expect(await step()).toBe('parquet');
  });
});

test('a step that is parked again after `resolve retry` alerts again', async () => {
  const fake = world.fakes(
    { extract: () => Promise.reject(new TerminalError('SourceRefused', '403')) },
    { policy: policy({ onFailure: 'park' }) },
  );
  await world.running(fake, async () => {
    const handle = await start(fake);
    await until(() => fake.alerts.length === 1);
    await handle.executeUpdate('resolve', { args: ['retry'] });
    await until(() => fake.alerts.length === 2);
    await handle.executeUpdate('resolve', { args: ['fail'] });
    expect(await world.settled(handle)).toBeInstanceOf(WorkflowFailedError);
  });
  expect(fake.closed).toMatchObject([{ status: 'failed' }]);
});

test('what a validation counted that fails reaches the ledger', async () => {
  const counts = { records: 5, routed: 1, ignored: 0, dropped: 0, unparseable: 4 };
  const details = { counts, entities: { positions: { valid: 1, rejected: 0 } } };
  const fake = world.fakes(
    { validate: () => Promise.reject(new TerminalError('TooManyRejected', '4 of 5', { details })) },
    { policy: policy() },
  );
  expect(await outcome(fake)).toBe('validate: TooManyRejected: 4 of 5');
  expect(fake.closed).toMatchObject([{ status: 'failed', counts }]);
  // the failure says it
  expect(fake.alerts.map(({ kind }) => kind)).toEqual(['failed']);
});

test('no failure is without a message', async () => {
  const retries = { extract: { attempts: 1, initial: 1_000, backoff: 2, maximum: minute, timeout: minute } };
  const fake = world.fakes({ extract: () => Promise.reject(new Error('')) }, { policy: policy({ retries }) });
  expect(await outcome(fake)).toBe('extract: Error: Error without a message');
});

test('each run asks for a failed build as often as its definition says, and no other waits for it', async () => {
  const success: DbtResult = { status: 'success', ok: 1, failed: 0, skipped: 0, failures: [] };
  const retry = { initial: 1_000, backoff: 2, maximum: minute, timeout: 5 * minute };
  const ends: string[] = [];
  const fake = world.fakes();
  const { plan } = fake.activities;
  const builds: number[] = [];
  fake.activities.plan = async (given) => ({
    ...(await plan(given)),
    policy: policy({ alerts: {}, retries: { dbt: { ...retry, attempts: given.input.params['attempts'] as number } } }),
  });
  fake.activities.dbtBuild = async ({ selections }) => {
    builds.push(selections.length);
    if (builds.length < 4) throw new TransientError('dbt cannot reach the warehouse');
    return {
      bySelect: Object.fromEntries(selections.map((selection) => [selectionKey(selection), success])),
      total: success,
      artifacts: '',
    };
  };
  await world.running(fake, async () => {
    const run = async (attempts: number) => {
      const end = words(await world.settled(await start(fake, { ...runInput, params: { attempts } })));
      ends.push(`${attempts}: ${end}`);
    };
    await Promise.all([run(1), run(6)]);
  });
  expect(ends).toEqual(['1: dbt: TransientError: dbt cannot reach the warehouse', '6: completed']);
});

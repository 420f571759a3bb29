import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributes, startAttributes } from '../../model/attributes.js';
import { poolId } from '../../model/names.js';
import type { RunRef } from '../../model/keys.js';
import type { Extracted, Plan } from '../../model/plan.js';
import type { PoolState } from '../../model/slots.js';
import type { StepOutcome } from '../../model/step-outcome.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { eventually } from '../support/eventually.js';
import { interval, ref, runInput, timeSkipping, type Fakes, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
});
afterAll(() => world?.environment.teardown());

const minute = 60_000;
const hour = 60 * minute;
const extracted: Extracted = { manifest: ref('extract'), parts: 0, files: 1, bytes: 1 };
/** a step is tried twice, each time for a minute */
const policy: NonNullable<Plan['policy']> = {
  onFailure: 'fail',
  parkFor: 24 * hour,
  retries: { extract: { attempts: 2, initial: 1_000, backoff: 2, maximum: minute, timeout: minute } },
  alerts: {},
  after: [],
  settle: [],
};
let pools = 0;

/** runs of one pool of one slot; those named in `holds` fail first and are tried again after so many ms, in their slot */
function sharing(holds: Record<string, number>, planned: Partial<Plan> = {}) {
  const tried: string[] = [];
  const began: Record<string, number> = {};
  const pool = { name: `pool-${pools++}`, slots: 1 };
  const extract = async ({ run }: { run: RunRef }) => {
    const { workflowId } = run;
    const isFirst = !tried.includes(workflowId);
    tried.push(workflowId);
    began[workflowId] ??= await world.environment.currentTimeMs();
    const held = holds[workflowId];
    if (!isFirst || held === undefined) return extracted;
    throw ApplicationFailure.create({ message: 'busy', type: 'Away', nextRetryDelay: held });
  };
  const fake = world.fakes({ extract }, { pool, dbtSelect: undefined as never, ...planned });
  return { fake, tried, began, pool };
}

let runs = 0;
const idOf = (name: string) => `${name}-${runs++}`;

function start({ taskQueue }: Fakes, workflowId: string) {
  return world.environment.client.workflow.start(pipelineRun, {
    workflowId,
    taskQueue,
    args: [{ ...runInput, dbt: 'skip' }],
    typedSearchAttributes: startAttributes(runInput, interval),
  });
}

const stateOf = (name: string) => world.environment.client.workflow.getHandle(poolId(name)).query<PoolState>('pool');
const waitingIn = async (name: string) => {
  // it may not have begun
  const state = await stateOf(name).catch(() => undefined);
  return state?.waiting.map(({ workflowId }) => workflowId) ?? [];
};
const stepsOf = (handle: WorkflowHandle) => handle.query<StepOutcome[]>('steps').catch(() => []);

test('a run waits for the slot of another without a try or a time limit, and says who has it', async () => {
  const [first, second] = [idOf('first'), idOf('second')];
  const { fake, tried, began, pool } = sharing({ [first]: 3 * hour, [second]: 1 }, { policy });
  await world.running(fake, async () => {
    const holder = await start(fake, first);
    await eventually(() => tried.includes(first));
    const waiter = await start(fake, second);
    const told = `waits for a slot of pool ${pool.name}: 1 of 1 taken by ${first}; 0 before it`;
    await eventually(async () => (await stepsOf(waiter)).some((step) => step.told === told));
    expect((await stepsOf(waiter))[0]).toMatchObject({ step: 'extract', state: 'waiting' });
    expect((await waiter.describe()).typedSearchAttributes.get(attributes.Step)).toBe('waiting');
    await Promise.all([holder.result(), waiter.result()]);
  });
  const held = (began[second] ?? 0) - (began[first] ?? 0);
  expect(held).toBeGreaterThanOrEqual(3 * hour);
  expect(held).toBeLessThan(3 * hour + minute);
  const steps = fake.closed.at(-1)?.steps?.[0];
  expect(Date.parse(steps?.finishedAt ?? '') - Date.parse(steps?.startedAt ?? '')).toBeLessThan(minute);
});

test('a run that is cancelled while it waits leaves the queue to those behind it', async () => {
  const [first, second, third] = [idOf('first'), idOf('second'), idOf('third')];
  const { fake, tried, pool } = sharing({ [first]: hour });
  await world.running(fake, async () => {
    const holder = await start(fake, first);
    await eventually(() => tried.includes(first));
    const waiter = await start(fake, second);
    await eventually(async () => (await waitingIn(pool.name)).includes(second));
    const behind = await start(fake, third);
    await eventually(async () => (await waitingIn(pool.name)).includes(third));
    await waiter.cancel();
    await eventually(async () => !(await waitingIn(pool.name)).includes(second));
    await world.settled(waiter);
    await Promise.all([holder.result(), behind.result()]);
  });
  expect(tried).toEqual([first, first, third]);
});

test('a pool whose workflow was terminated finds its holder again before it grants the slot', async () => {
  const [first, second] = [idOf('first'), idOf('second')];
  const { fake, tried, began, pool } = sharing({ [first]: 2 * hour });
  await world.running(fake, async () => {
    const holder = await start(fake, first);
    await eventually(() => tried.includes(first));
    const waiter = await start(fake, second);
    await eventually(async () => (await waitingIn(pool.name)).includes(second));
    await world.environment.client.workflow.getHandle(poolId(pool.name)).terminate();
    await Promise.all([holder.result(), waiter.result()]);
  });
  expect((began[second] ?? 0) - (began[first] ?? 0)).toBeGreaterThanOrEqual(2 * hour);
});

test('a run that is parked gives its slot back', async () => {
  const [first, second] = [idOf('first'), idOf('second')];
  const { fake, tried } = sharing({}, { policy: { ...policy, onFailure: 'park' } });
  const extract = fake.activities.extract;
  fake.activities.extract = async (input) => {
    await extract(input);
    if (input.run.workflowId === first && tried.filter((id) => id === first).length === 1)
      throw ApplicationFailure.nonRetryable('403', 'SourceRefused');
    return extracted;
  };
  await world.running(fake, async () => {
    const parked = await start(fake, first);
    await eventually(async () => (await parked.describe()).typedSearchAttributes.get(attributes.Step) === 'parked');
    const other = await start(fake, second);
    await other.result();
    await parked.executeUpdate('resolve', { args: ['retry'] });
    await parked.result();
  });
  expect(tried).toEqual([first, second, first]);
});

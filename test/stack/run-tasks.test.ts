import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Activities } from '../../activities/types.js';
import type { Plan, RunInput } from '../../model/plan.js';
import { ref, runInput, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
});
afterAll(() => world?.environment.teardown());

const program = { command: ['true'], environment: {}, grace: 1_000 };
const named = (...names: string[]) => names.map((name) => ({ ...program, name }));
const tasks = { before: named('check', 'warm'), after: named('export') };
const broken = (message: string) => Promise.reject(ApplicationFailure.nonRetryable(message, 'TaskFailed'));

/** a run with tasks; what was done in order, and how it closed */
async function runOf(
  input: Partial<RunInput> = {},
  changes: Partial<Activities> = {},
  failing: string[] = [],
  planned: Partial<Plan> = {},
) {
  const order: string[] = [];
  const does = (step: string) => async (given: { task: string }) => {
    order.push(`${step} ${given.task}`);
    if (failing.includes(given.task)) await broken('exit code 1');
    return { manifest: ref(given.task), told: 'rows 3' };
  };
  const fake = world.fakes(
    {
      taskBefore: does('before'),
      taskAfter: does('after'),
      extract: async () => {
        order.push('extract');
        return { manifest: ref('extract'), parts: 0, files: 1, bytes: 1 };
      },
      ...changes,
    },
    { tasks, ...planned },
  );
  const { dbtBuild } = fake.activities;
  fake.activities.dbtBuild = (given) => {
    order.push('dbt');
    return dbtBuild(given);
  };
  const result = await world.execute(fake, { ...runInput, ...input }).catch(() => undefined);
  const [closed] = fake.closed;
  return { order, result, closed, copies: fake.calls.filter((call) => call.startsWith('copy')) };
}

test('tasks run before the run extracts and after its models are built, in order, each a row of its steps', async () => {
  const { order, closed } = await runOf();
  expect(order).toEqual(['before check', 'before warm', 'extract', 'dbt', 'after export']);
  expect(closed?.status).toBe('completed');
  const rows = closed?.steps?.filter(({ step }) => step === 'before' || step === 'after');
  expect(rows).toMatchObject([
    { step: 'before', entity: 'check', state: 'done', told: 'rows 3', manifest: ref('check') },
    { step: 'before', entity: 'warm', state: 'done' },
    { step: 'after', entity: 'export', state: 'done' },
  ]);
});

test('a task that fails before the run leaves the rest undone, and a retry begins with it', async () => {
  const { order, closed } = await runOf({}, {}, ['check']);
  expect(order).toEqual(['before check']);
  expect(closed).toMatchObject({
    status: 'failed',
    failures: [{ step: 'before', entity: 'check', type: 'TaskFailed', message: 'exit code 1' }],
  });
});

test('a task that fails after the run leaves what was loaded, and fails it', async () => {
  const { order, closed, copies } = await runOf({}, {}, ['export']);
  expect(order.at(-1)).toBe('after export');
  expect(copies).toHaveLength(2);
  expect(closed).toMatchObject({ status: 'failed', failures: [{ step: 'after', entity: 'export' }] });
});

test('no task runs after an entity that failed', async () => {
  const { order, closed } = await runOf({}, { copy: () => broken('no such table') });
  expect(order).not.toContain('after export');
  expect(closed?.status).toBe('failed');
});

test('a run from one of its steps, or up to one, does what lies between', async () => {
  const until = await runOf({ until: 'dbt' });
  expect([until.order, until.closed?.status]).toEqual([['before check', 'before warm', 'extract', 'dbt'], 'completed']);
  const from = await runOf({ from: 'extract' });
  expect(from.order).toEqual(['extract', 'dbt', 'after export']);
  const first = await runOf({ until: 'before' });
  expect([first.order, first.closed?.status]).toEqual([['before check', 'before warm'], 'partial']);
});

test('a retry from its tasks after the run loads nothing again', async () => {
  const validated = {
    manifest: ref('validate'),
    counts: { records: 1, routed: 1, ignored: 0, dropped: 0, unparseable: 0 },
    entities: {},
  };
  const extracted = { manifest: ref('extract'), parts: 0, files: 1, bytes: 1 };
  const reuse = { run: 'earlier', extracted, validated, encoded: {}, loaded: [] };
  const { order, closed, copies } = await runOf({ from: 'after', source: 'earlier' }, {}, [], { reuse });
  expect([order, copies, closed?.status]).toEqual([['after export'], [], 'completed']);
});

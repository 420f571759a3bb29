import { afterAll, beforeAll, expect, test } from 'vitest';
import { backfill } from '../../workflows/backfill.js';
import { inputOf, retriesOf } from '../support/listed-retries.js';
import { timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

test('retries that failed of a common cause are tried again on their own raw', async () => {
  const list = retriesOf(6);
  const tries = new Map<string, unknown[]>();
  let asked = 0;
  const fake = world.fakes({
    listedIntervals: async ({ from }) => list.filter(({ start }) => start >= from),
    ensureRun: async ({ run: { interval, from, source, params } }) => {
      const before = tries.get(interval.start) ?? [];
      tries.set(interval.start, [...before, { from, source, params }]);
      const run = `many-${interval.end}`;
      return ++asked <= 4
        ? { status: 'failed', run, error: 'it is away', cause: 'TransientError' }
        : { status: 'completed', run };
    },
  });
  const result = await world.running(fake, () =>
    world.environment.client.workflow.execute(backfill, {
      workflowId: 'retry-again',
      taskQueue: fake.taskQueue,
      args: [{ ...inputOf(list), maxActive: 2 }],
    }),
  );
  expect(result).toMatchObject({ succeeded: 6, failedCount: 0 });
  expect(Math.max(...[...tries.values()].map(({ length }) => length))).toBeGreaterThan(1);
  for (const { start, retry } of list) {
    for (const tried of tries.get(start) ?? []) expect(tried).toEqual(retry);
  }
});

test('a range that an earlier version began, with its list in the input, goes on', async () => {
  const list = retriesOf(4);
  const { listed: _listed, ...input } = inputOf(list);
  const retries = list.map(({ retry, ...interval }) => ({ from: 'validate' as const, ...retry, interval }));
  const ran: unknown[] = [];
  const fake = world.fakes({
    ensureRun: async ({ run: { interval, from, source, params } }) => {
      ran.push({ ...interval, retry: { from, source, params } });
      return { status: 'completed', run: `many-${interval.end}` };
    },
  });
  const result = await world.running(fake, () =>
    world.environment.client.workflow.execute(backfill, {
      workflowId: 'retry-of-old',
      taskQueue: fake.taskQueue,
      args: [{ ...input, maxActive: 1, retries }],
    }),
  );
  expect(result).toMatchObject({ total: 4, succeeded: 4 });
  expect(ran).toEqual(list);
});

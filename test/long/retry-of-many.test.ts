import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListedInterval } from '../../model/retry.js';
import { backfill } from '../../workflows/backfill.js';
import { inputOf, minute, retriesOf } from '../support/listed-retries.js';
import { timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

test('a range of 20,000 retries runs each once, from its own step on its own raw, whatever its input would weigh', async () => {
  const list = retriesOf(20_000);
  // what the input of a workflow may have
  expect(JSON.stringify(list).length).toBeGreaterThan(2 * 1024 * 1024);
  const ran = new Map<string, unknown>();
  const fake = world.fakes({
    listedIntervals: async ({ from, most }) => {
      const at = Date.parse(from) / minute;
      return list.slice(at, at + most);
    },
    ensureRun: async ({ run: { interval, from, source, params }, reprocess }) => {
      if (ran.has(interval.start)) throw new Error(`${interval.start} ran before`);
      ran.set(interval.start, { ...interval, retry: { from, source, params } });
      expect(reprocess).toBe('completed');
      return { status: 'completed', run: `many-${interval.end}` };
    },
  });
  const result = await world.running(fake, () =>
    world.environment.client.workflow.execute(backfill, {
      workflowId: 'retry-many',
      taskQueue: fake.taskQueue,
      args: [inputOf(list)],
    }),
  );
  expect(result).toMatchObject({ total: 20_000, started: 20_000, succeeded: 20_000, failedCount: 0 });
  expect([...ran.values()].sort(byStart)).toEqual(list);
}, 600_000);

const byStart = (a: unknown, b: unknown) => (a as ListedInterval).start.localeCompare((b as ListedInterval).start);

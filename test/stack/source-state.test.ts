import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notReady } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { ref, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
});
afterAll(() => world?.environment.teardown());

const policy: NonNullable<Plan['policy']> = {
  onFailure: 'fail',
  parkFor: 3_600_000,
  retries: {},
  alerts: {},
  after: [],
  settle: [],
};
const records = { form: 'json' } as const;
const source = {
  kind: 'custom',
  records,
  snapshot: false,
  secrets: [],
  silence: 1_000,
  state: true,
} satisfies Plan['source'];

/** a run of a source with a state, whose look finds the interval before the nth time */
async function runWith(planned: Partial<Plan>, found: number) {
  const order: string[] = [];
  const fake = world.fakes(
    {
      async ready() {
        order.push('look');
        if (order.length >= found) return { found: 'the interval before has loaded' };
        throw ApplicationFailure.create({ type: notReady, message: 'it has not loaded' });
      },
      async extract() {
        order.push('extract');
        return { manifest: ref('extract'), parts: 0, files: 1, bytes: 1 };
      },
    },
    { policy, dbtSelect: undefined as never, ...planned },
  );
  await world.execute(fake);
  return order;
}

test('a run whose source keeps a state extracts once the interval before has loaded', async () => {
  expect(await runWith({ source }, 3)).toEqual(['look', 'look', 'look', 'extract']);
});

test('also where it comes after other pipelines, which it looks for first', async () => {
  expect(await runWith({ source, policy: { ...policy, after: ['others'] } }, 1)).toEqual(['look', 'look', 'extract']);
});

test('one without a state looks for nothing', async () => {
  const { state: _, ...alone } = source;
  expect(await runWith({ source: alone }, 1)).toEqual(['extract']);
});

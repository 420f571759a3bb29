import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Entity } from '../../schema/pipeline.js';
import { load } from '../../warehouse/load.js';
import { loadWorld, runOf, type LoadWorld } from '../support/load-world.js';
import { linesOf, orderLines, processedOrders, type Order } from '../support/replaced-rows.js';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld();
}, 60_000);
afterAll(() => world?.close());

let entities = 0;
let runs = 0;
const newEntity = () => orderLines(`lines_${++entities}`);

/** each load by a run of its own that is delivered twice now and then */
async function loadOrders(entity: Entity, at: number, orders: Order[]) {
  const options = await processedOrders(world, runOf(at, `run-${++runs}`), entity, orders);
  if (runs % 5 === 0) await load(world.warehouse(), options);
  return load(world.warehouse(), options);
}

const table = ({ plan }: Entity) =>
  world.data.rows(
    `SELECT order_id, version, line, note, TO_CHAR(_interval_start, 'HH24') FROM loads.${plan.name} ORDER BY 1, 2, 3`,
  );

const line = (line: number, note = 'x') => ({ line, note });

test('a record that comes again takes the rows that are gone from it out of the table', async () => {
  const entity = newEntity();
  const orders = [
    { id: 'a', version: 1, lines: [line(1), line(2), line(3)] },
    { id: 'b', version: 1, lines: [line(1)] },
  ];
  expect(await loadOrders(entity, 0, orders)).toMatchObject({ inserted: 4, updated: 0, deleted: 0 });
  const shorter = [{ id: 'a', version: 2, lines: [line(2, 'y'), line(4)] }];
  expect(await loadOrders(entity, 1, shorter)).toMatchObject({ inserted: 1, updated: 1, deleted: 2 });
  expect(await table(entity)).toEqual([
    ['a', 2, 2, 'y', '11'],
    ['a', 2, 4, 'x', '11'],
    ['b', 1, 1, 'x', '10'],
  ]);
  const empty = [{ id: 'a', version: 3, lines: [] }];
  expect(await loadOrders(entity, 2, empty)).toMatchObject({ staged: 0, inserted: 0, updated: 0, deleted: 2 });
  expect(await table(entity)).toEqual([['b', 1, 1, 'x', '10']]);
  // an older version that loads late brings nothing back
  expect(await loadOrders(entity, 0, orders)).toMatchObject({ inserted: 0, updated: 1, deleted: 0 });
  expect(await loadOrders(entity, 1, shorter)).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
  expect(await table(entity)).toEqual([['b', 1, 1, 'x', '10']]);
});

test('a record that its interval holds no more takes its rows with it', async () => {
  const entity = newEntity();
  const orders = ['a', 'b'].map((id) => ({ id, version: 1, lines: [line(1)] }));
  await loadOrders(entity, 0, orders);
  expect(await loadOrders(entity, 0, orders.slice(1))).toMatchObject({ inserted: 0, updated: 1, deleted: 1 });
  expect(await table(entity)).toEqual([['b', 1, 1, 'x', '10']]);
});

const intervals = [0, 1, 2];
const order: fc.Arbitrary<Order> = fc.record({
  id: fc.constantFrom('a', 'b'),
  version: fc.integer({ min: 1, max: 3 }),
  lines: fc.array(fc.record({ line: fc.integer({ min: 1, max: 3 }), note: fc.constantFrom('x', 'y') }), {
    maxLength: 3,
  }),
});
/** what each interval holds: shrinking and empty lists, ties and twins among them */
const raw = fc.array(fc.array(order, { maxLength: 3 }), { minLength: intervals.length, maxLength: intervals.length });
const shuffled = fc.shuffledSubarray(intervals, { minLength: intervals.length });
const some = fc.array(fc.constantFrom(...intervals), { maxLength: 2 });

test('intervals in any order, any number of times, leave the same table', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(raw, some, shuffled, some, async (raw, before, all, after) => {
      const entity = newEntity();
      for (const at of [...before, ...all, ...after]) await loadOrders(entity, at, raw[at] ?? []);
      expect(await table(entity)).toEqual(linesOf(entity, raw));
    }),
    { numRuns: 10 },
  ),
);

test(
  'records that changed or vanished: once each interval was loaded again, the table is that of the new raw',
  { timeout: 120_000 },
  () =>
    fc.assert(
      fc.asyncProperty(raw, raw, shuffled, shuffled, shuffled, async (old, raw, first, second, third) => {
        const entity = newEntity();
        for (const at of first) await loadOrders(entity, at, old[at] ?? []);
        for (const at of [...second, ...third]) await loadOrders(entity, at, raw[at] ?? []);
        expect(await table(entity)).toEqual(linesOf(entity, raw));
      }),
      { numRuns: 6 },
    ),
);

test('nothing is left in the stage', async () => {
  expect(await world.stageTables()).toEqual([]);
});

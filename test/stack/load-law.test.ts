import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoadMode } from '../../model/columns.js';
import { load } from '../../warehouse/load.js';
import { atLevel } from '../support/level.js';
import { tableOf } from '../support/load-model.js';
import { itemsEntity, loadWorld, runOf, type Item, type LoadWorld } from '../support/load-world.js';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld();
}, 60_000);
afterAll(() => world?.close());

const intervals = [0, 1, 2];
const item: fc.Arbitrary<Item> = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  version: fc.integer({ min: 1, max: 3 }),
  note: fc.constantFrom('x', 'y'),
});
/** what each interval holds, empty ones, ties and twins among them */
const raw = fc.array(fc.array(item, { maxLength: 4 }), { minLength: intervals.length, maxLength: intervals.length });
const shuffled = fc.shuffledSubarray(intervals, { minLength: intervals.length });
const history = fc.record({
  raw,
  before: fc.array(fc.constantFrom(...intervals), { maxLength: 2 }),
  all: shuffled,
  after: fc.array(fc.constantFrom(...intervals), { maxLength: 2 }),
});

let entities = 0;
let runs = 0;
/** loads in this order, each by a run of its own that is delivered twice now and then */
async function loaded(mode: LoadMode, loads: [at: number, rows: Item[]][], own: { lookback?: number } = {}) {
  const entity = { ...itemsEntity(`${mode}_${++entities}`, mode), ...own };
  const made: string[] = [];
  for (const [at, rows] of loads) {
    const options = await world.processed(runOf(at, `run-${++runs}`), entity, rows);
    for (let delivery = 0; delivery <= (runs % 5) % 2; delivery++) await load(world.warehouse(), options);
    made.push(options.run.runId);
  }
  const told = (await world.ledger(entity)).map(([runId]) => runId);
  expect(told).toHaveLength(made.length);
  expect(new Set(told)).toEqual(new Set(made));
  return world.table(entity);
}

const modes = ['merge', 'append', 'replace'] as const;

test.each(modes)(
  '%s: intervals in any order, any number of times, leave the same table',
  { timeout: atLevel(120_000, 1_200_000) },
  (mode) =>
    fc.assert(
      fc.asyncProperty(history, async ({ raw, before, all, after }) => {
        const loads = [...before, ...all, ...after].map((at): [number, Item[]] => [at, raw[at] ?? []]);
        expect(await loaded(mode, loads)).toEqual(tableOf(mode, raw));
      }),
      { numRuns: atLevel(4, 30) },
    ),
);

test(
  'rows that changed or vanished: once each interval was loaded again, the table is that of the new raw',
  { timeout: atLevel(120_000, 1_200_000) },
  () =>
    fc.assert(
      fc.asyncProperty(raw, raw, shuffled, shuffled, shuffled, async (old, raw, first, second, third) => {
        const loads = [
          ...first.map((at): [number, Item[]] => [at, old[at] ?? []]),
          // an older row comes back only with the interval that holds it
          ...[...second, ...third].map((at): [number, Item[]] => [at, raw[at] ?? []]),
        ];
        expect(await loaded('merge', loads)).toEqual(tableOf('merge', raw));
      }),
      { numRuns: atLevel(3, 20) },
    ),
);

const hour = 3_600_000;

test('a lookback that all rows of a key are within changes nothing', { timeout: atLevel(120_000, 1_200_000) }, () =>
  fc.assert(
    fc.asyncProperty(history, async ({ raw, before, all, after }) => {
      const loads = [...before, ...all, ...after].map((at): [number, Item[]] => [at, raw[at] ?? []]);
      expect(await loaded('merge', loads, { lookback: 2 * hour })).toEqual(tableOf('merge', raw));
    }),
    { numRuns: atLevel(3, 30) },
  ),
);

test('a key is looked for within the lookback, before its interval and after it', async () => {
  const row = (version: number): Item[] => [{ id: 'a', version, note: 'x' }];
  const near: [number, Item[]][] = [
    [1, row(1)],
    [2, row(3)],
    [0, row(2)],
  ];
  expect(await loaded('merge', near, { lookback: hour })).toHaveLength(2);
  expect(await loaded('merge', near, { lookback: 2 * hour })).toHaveLength(1);
});

test('nothing is left in the stage', async () => {
  expect(await world.stageTables()).toEqual([]);
});

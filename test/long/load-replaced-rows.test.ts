import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EntityPlan } from '../../model/columns.js';
import { keys } from '../../model/keys.js';
import type { RebuildInterval } from '../../model/rebuild.js';
import { parentsPlan } from '../../columns/parents.js';
import type { Entity } from '../../validate/entity.js';
import { fileColumns } from '../../columns/table-columns.js';
import { showProcessed } from '../../warehouse/external.js';
import { load } from '../../warehouse/load.js';
import type { LoadFiles, LoadOptions } from '../../warehouse/load-options.js';
import { migrationOf } from '../../warehouse/migration.js';
import { copyIntervals, loadedIntervals, makeRoom, swap } from '../../warehouse/rebuild.js';
import { atLevel } from '../support/level.js';
import { loadWorld, runOf, type LoadWorld } from '../support/load-world.js';
import { linesOf, orderLines, processedOrders, type Order } from '../support/replaced-rows.js';

const pipeline = 'loads';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld();
}, 60_000);
afterAll(() => world?.close());

let entities = 0;
let runs = 0;
const newEntity = () => orderLines(`lines_${++entities}`);

/** what each run loaded: a rebuild goes by it */
const loads = new Map<string, LoadOptions>();

/** each load by a run of its own that is delivered twice now and then */
async function loadOrders(entity: Entity, at: number, orders: Order[]) {
  const options = await processedOrders(world, runOf(at, `run-${++runs}`), entity, orders);
  loads.set(options.run.runId, options);
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

/** from the files of each interval's newest load, as the workflow `rebuild` asks for it */
async function rebuildTable({ plan }: Entity) {
  const { ledgerRows, intervals } = await loadedIntervals(world.warehouse(), pipeline, plan);
  await makeRoom(world.warehouse(), pipeline, plan);
  const filesOf = (table: EntityPlan, files: LoadFiles) => ({
    ...files,
    columns: fileColumns(table).map(({ name }) => name),
  });
  const found = intervals.map((interval): RebuildInterval => {
    const options = loads.get(interval.runId);
    const parents = parentsPlan(plan);
    if (!options?.parents || !parents) throw new Error(interval.runId);
    const { rows, copyManifest } = options;
    const own = filesOf(plan, { rows, ...(copyManifest && { copyManifest }) });
    return { ...interval, ...own, parents: filesOf(parents, options.parents) };
  });
  const name = (step: string) => ({ of: `${pipeline}::${plan.name}`, step, runId: `rebuild-${++runs}` });
  const roleArn = 'arn:aws:iam::123456789012:role/copy';
  await copyIntervals(world.warehouse(), pipeline, plan, found, { roleArn, name: name('rebuild-0-0') });
  const manifest = { step: 'rebuild' as const, pipeline, entity: plan.name, ledgerRows, intervals: found };
  return swap(world.warehouse(), plan, manifest, name('swap-0'));
}

test('a rebuild makes the same table, and knows the records without rows', async () => {
  const entity = newEntity();
  const orders = [
    { id: 'a', version: 1, lines: [line(1), line(2)] },
    { id: 'b', version: 1, lines: [line(1)] },
  ];
  await loadOrders(entity, 0, orders);
  await loadOrders(entity, 1, [{ id: 'a', version: 2, lines: [] }]);
  await world.data.ok(`DELETE FROM loads.${entity.plan.name}`);
  await world.data.ok(`DROP TABLE loads.${entity.plan.name}_parents`);
  await expect(loadOrders(entity, 0, orders)).rejects.toThrow(
    `loads.${entity.plan.name}: the table loads.${entity.plan.name}_parents, which has the newest version of each record, does not exist`,
  );
  const { problems } = await migrationOf(world.warehouse(), pipeline, entity.plan);
  expect(problems).toEqual([expect.stringContaining('_parents, which has')]);
  expect(await rebuildTable(entity)).toBe(1);
  expect(await table(entity)).toEqual([['b', 1, 1, 'x', '10']]);
  await loadOrders(entity, 0, orders);
  expect(await table(entity)).toEqual([['b', 1, 1, 'x', '10']]);
});

test('the view of an interval shows the rows of one version of a record', async () => {
  const entity = newEntity();
  const orders = [
    { id: 'a', version: 1, lines: [line(1), line(2)] },
    { id: 'a', version: 2, lines: [line(2)] },
  ];
  await loadOrders(entity, 0, orders);
  const [run, { name }] = [runOf(0, `run-${runs}`), entity.plan];
  const folder = keys.processedFolder(run, name);
  const shown = { run, entity: entity.plan, partitions: ['dt', 'hr'], lakeBucket: 'lake', folder };
  await showProcessed(world.warehouse(), shown);
  expect(await world.data.rows(`SELECT order_id, version, line FROM loads.${name}_by_interval`)).toEqual([['a', 2, 2]]);
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

test(
  'intervals in any order, any number of times, leave the same table',
  { timeout: atLevel(120_000, 1_200_000) },
  () =>
    fc.assert(
      fc.asyncProperty(raw, some, shuffled, some, async (raw, before, all, after) => {
        const entity = newEntity();
        for (const at of [...before, ...all, ...after]) await loadOrders(entity, at, raw[at] ?? []);
        expect(await table(entity)).toEqual(linesOf(entity, raw));
        await rebuildTable(entity);
        expect(await table(entity)).toEqual(linesOf(entity, raw));
      }),
      { numRuns: atLevel(6, 40) },
    ),
);

test(
  'records that changed or vanished: once each interval was loaded again, the table is that of the new raw',
  { timeout: atLevel(120_000, 1_200_000) },
  () =>
    fc.assert(
      fc.asyncProperty(raw, raw, shuffled, shuffled, shuffled, async (old, raw, first, second, third) => {
        const entity = newEntity();
        for (const at of first) await loadOrders(entity, at, old[at] ?? []);
        for (const at of [...second, ...third]) await loadOrders(entity, at, raw[at] ?? []);
        expect(await table(entity)).toEqual(linesOf(entity, raw));
      }),
      { numRuns: atLevel(4, 30) },
    ),
);

test('nothing is left in the stage', async () => {
  expect(await world.stageTables()).toEqual([]);
});

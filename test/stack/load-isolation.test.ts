import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../warehouse/ledger.js';
import { load } from '../../warehouse/load.js';
import { itemsEntity, loadWorld, runOf, type LoadWorld } from '../support/load-world.js';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld(undefined, 'SERIALIZABLE');
}, 60_000);
afterAll(() => world?.close());

const sides = [0, 1, 2, 3, 4, 5];
const failed = async (prefix: string) => (await world.statuses(prefix)).filter((status) => status === 'FAILED');

test('replace loads of several entities side by side do not conflict over the ledger', async () => {
  const loads = await Promise.all(
    sides.map((at) =>
      world.processed(runOf(0, `side-${at}`), itemsEntity(`side_${at}`, 'replace'), [
        { id: 'a', version: 1, note: 'x' },
      ]),
    ),
  );
  // tables are made first: DDL is no part of what is asked here
  for (const options of loads) await load(world.warehouse(), options);
  const again = await Promise.all(
    sides.map((at) =>
      world.processed(runOf(1, `again-${at}`), itemsEntity(`side_${at}`, 'replace'), [
        { id: 'b', version: 1, note: 'y' },
      ]),
    ),
  );
  const outcomes = await Promise.all(again.map((options) => load(world.warehouse(), options)));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(sides.map(() => 'loaded'));
  expect(await failed('loads:')).toEqual([]);
});

test('an older interval that loads at the same time as a newer one does not replace it', async () => {
  const entity = itemsEntity('race', 'replace');
  const of = (at: number, note: string) =>
    world.processed(runOf(at, `race-${at}`), entity, [{ id: 'a', version: at, note }]);
  await load(world.warehouse(), await of(0, 'first'));
  const [older, newer] = [await of(2, 'older'), await of(3, 'newer')];
  const outcomes = await Promise.all([load(world.warehouse(), older), load(world.warehouse(), newer)]);
  expect(outcomes[1]?.outcome).toBe('loaded');
  expect(await world.table(entity)).toEqual([['a', 3, 'newer', '13']]);
});

const at = '2022-11-24T12:00:00Z';
const closing = (name: string) => ({
  run: runOf(4, name),
  dueAt: at,
  startedAt: at,
  finishedAt: at,
  status: 'completed' as const,
  late: false,
  failures: [],
});
const rowsOf = (name: string) =>
  world.data.rows(`SELECT COUNT(*) FROM monitor_db.run_executions WHERE run_id = '${name}'`);

test('runs that close side by side do not conflict, and one that closes twice has one row', async () => {
  await Promise.all(sides.map((side) => closeRun(world.warehouse(), closing(`close-${side}`))));
  expect(await failed('loads:')).toEqual([]);
  await closeRun(world.warehouse(), closing('close-0'));
  expect(await rowsOf('close-0')).toEqual([[1]]);
});

// the workflow calls the activity again until the ledger has the run: each call has a first attempt
test('a close that was refused is written once what refused it is gone', async () => {
  const close = () => closeRun(world.warehouse({ isFirst: true }), closing('refused'));
  await world.administrator.execute(['ALTER TABLE monitor_db.run_executions RENAME COLUMN late TO hidden']);
  await expect(close()).rejects.toMatchObject({ name: 'WarehouseRejected' });
  await world.administrator.execute(['ALTER TABLE monitor_db.run_executions RENAME COLUMN hidden TO late']);
  await close();
  expect(await rowsOf('refused')).toEqual([[1]]);
});

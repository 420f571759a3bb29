import { afterAll, beforeAll, expect, test } from 'vitest';
import { keys } from '../../model/keys.js';
import { showProcessed } from '../../warehouse/external.js';
import { load } from '../../warehouse/load.js';
import { itemsEntity, loadWorld, runOf, type Item, type LoadWorld } from '../support/load-world.js';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld();
}, 60_000);
afterAll(() => world?.close());

const entity = itemsEntity('items', 'merge');

async function loaded(hour: number, runId: string, rows: Item[], of = entity): Promise<void> {
  const run = runOf(hour, runId);
  await load(world.warehouse(), await world.processed(run, of, rows));
  const folder = rows.length === 0 ? undefined : keys.processedFolder(run, of.name);
  const shown = { run, entity: of, partitions: ['dt', 'hr'], lakeBucket: 'lake', folder };
  // twice: the attempt may have died in between
  await showProcessed(world.warehouse(), shown);
  await showProcessed(world.warehouse(), shown);
}

/** a point in time: what the source told in one hour, whatever came later */
const asOf = (hour: number, of = entity) =>
  world.data.rows(
    `SELECT id, version, note FROM spectrum.loads_${of.name} WHERE dt = '2022-11-24' AND hr = ${10 + hour} ORDER BY id`,
  );

test('the partition of an interval shows the files of its last load, and each hour stays as it was told', async () => {
  await loaded(0, 'first', [{ id: 'a', version: 1, note: 'old' }]);
  expect(await asOf(0)).toEqual([['a', 1, 'old']]);
  await loaded(1, 'next', [{ id: 'a', version: 2, note: 'new' }]);
  await loaded(0, 'again', [
    { id: 'a', version: 1, note: 'x' },
    { id: 'b', version: 1, note: 'x' },
  ]);
  expect(await asOf(0)).toEqual([
    ['a', 1, 'x'],
    ['b', 1, 'x'],
  ]);
  expect(await asOf(1)).toEqual([['a', 2, 'new']]);
  expect((await world.table(entity)).map(([id, version]) => [id, version])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

test('the view beside the table has one row of a key and interval: the one that the load took', async () => {
  const twins = itemsEntity('twins', 'merge');
  await loaded(
    0,
    'twins',
    [
      { id: 'a', version: 1, note: 'first' },
      { id: 'a', version: 2, note: 'x' },
      { id: 'a', version: 2, note: 'y' },
    ],
    twins,
  );
  await loaded(1, 'twins-next', [{ id: 'a', version: 1, note: 'older' }], twins);
  expect(await asOf(0, twins)).toHaveLength(3);
  expect(await world.data.rows(`SELECT id, version, note, hr FROM loads.twins_by_interval ORDER BY hr`)).toEqual([
    ['a', 2, 'y', 10],
    ['a', 1, 'older', 11],
  ]);
  expect(await world.table(twins)).toEqual([['a', 2, 'y', '10']]);
});

test('an interval that holds nothing any more has no partition', async () => {
  await loaded(0, 'empty', []);
  expect(await asOf(0)).toEqual([]);
  expect(await asOf(1)).toEqual([['a', 2, 'new']]);
});

test('an external table gets the columns that are new', async () => {
  const grown = itemsEntity('grown', 'merge');
  await world.asLoader(
    `CREATE EXTERNAL TABLE spectrum.loads_grown (id VARCHAR(8), version INTEGER) PARTITIONED BY (dt DATE, hr SMALLINT) STORED AS PARQUET LOCATION 's3://lake/processed/loads/grown/'`,
  );
  await world.asLoader(
    'CREATE VIEW loads.grown_by_interval AS SELECT id, version, dt, hr FROM spectrum.loads_grown WITH NO SCHEMA BINDING',
  );
  await loaded(2, 'grown', [{ id: 'a', version: 1, note: 'kept' }], grown);
  expect(await asOf(2, grown)).toEqual([['a', 1, 'kept']]);
  expect(await world.data.rows(`SELECT note, hr FROM loads.grown_by_interval`)).toEqual([['kept', 12]]);
});

test('a COPY that is refused is told by file, column and reason, and shows nothing', async () => {
  const narrow = itemsEntity('narrow', 'merge');
  const wide = { ...narrow, columns: narrow.columns.map((one) => ({ ...one })) };
  for (const column of wide.columns) if (column.name === 'note') column.type = { kind: 'varchar', bytes: 40 };
  const options = await world.processed(runOf(0, 'wide'), wide, [{ id: 'a', version: 1, note: 'more than eight' }]);
  await expect(load(world.warehouse(), { ...options, entity: narrow })).rejects.toMatchObject({
    name: 'CopyRejected',
    message: expect.stringMatching(
      /s3:\/\/lake\/processed\/\S+\/wide\/part-00000-00000.parquet row 1, column note: .*longer/,
    ),
  });
  expect(await world.table(narrow)).toEqual([]);
});

test('without an external schema there is nothing to show', async () => {
  await world.data.ok('DROP SCHEMA spectrum DROP EXTERNAL DATABASE CASCADE');
  await loaded(3, 'plain', [{ id: 'z', version: 1, note: 'x' }]);
  expect(await world.table(entity)).toContainEqual(['z', 1, 'x', '13']);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keys } from '../../model/keys.js';
import type { Warehouse } from '../../warehouse/data-api.js';
import { showProcessed } from '../../warehouse/external.js';
import { load } from '../../warehouse/load.js';
import { itemsEntity, loadWorld, runOf, type LoadWorld } from '../support/load-world.js';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld();
}, 60_000);
afterAll(() => world?.close());

const entity = itemsEntity('items', 'merge');

/** a first load with its external table, a first build and a first query, each by a user that did not exist at setup */
async function work(hour: number): Promise<void> {
  const run = runOf(hour, `run-${hour}`);
  await load(world.warehouse(), await world.processed(run, entity, [{ id: 'a', version: hour, note: 'x' }]));
  await showProcessed(world.warehouse(), {
    run,
    entity,
    partitions: ['dt', 'hr'],
    lakeBucket: 'lake',
    folder: keys.processedFolder(run, entity.name),
  });
  const transformer = world.as('transformer');
  await transformer.execute(['DROP TABLE IF EXISTS marts.counts', 'DROP VIEW IF EXISTS staging.items']);
  await transformer.execute([
    'CREATE VIEW staging.items AS SELECT id, version FROM loads.items WITH NO SCHEMA BINDING',
    'CREATE TABLE marts.counts AS SELECT COUNT(*) AS items, MAX(version) AS newest FROM staging.items',
  ]);
  const analyst = world.as('analyst');
  expect(await analyst.query('SELECT items, newest FROM marts.counts')).toEqual([{ items: 1, newest: hour }]);
  expect(await analyst.query('SELECT COUNT(*) AS n FROM loads.items')).toEqual([{ n: 1 }]);
  expect(await analyst.query('SELECT COUNT(*) AS n FROM loads.items_by_interval')).toEqual([{ n: hour + 1 }]);
  expect(await analyst.query("SELECT COUNT(*) AS n FROM spectrum.loads_items WHERE dt = '2022-11-24'")).toEqual([
    { n: hour + 1 },
  ]);
  expect(await analyst.query('SELECT COUNT(*) AS n FROM monitor_db.handler_executions_latest')).toEqual([
    { n: hour + 1 },
  ]);
}

test('first load, build and query work right after setup, and after a second one', async () => {
  await work(0);
  await world.setUp();
  await work(1);
  expect(
    await world.administrator.query(
      "SELECT DISTINCT table_owner FROM svv_redshift_tables WHERE schema_name IN ('loads', 'marts', 'spectrum') ORDER BY 1",
    ),
  ).toEqual([{ table_owner: 'IAMR:Loader' }, { table_owner: 'IAMR:transformer' }]);
});

test('tables that the administrator made, as before an upgrade, are loaded and built all the same', async () => {
  for (const sql of ['loads.items', 'loads.items_by_interval', 'marts.counts', 'staging.items'])
    await world.administrator.execute([`ALTER TABLE ${sql} OWNER TO awsuser`]);
  await work(2);
  await world.asLoader('ALTER TABLE loads.items ADD COLUMN more INTEGER');
  await world.asLoader('ALTER TABLE loads.items DROP COLUMN more');
});

describe('what a role may not do', () => {
  const users = {
    loader: () => world.warehouse(),
    transformer: () => world.as('transformer'),
    analyst: () => world.as('analyst'),
  } satisfies Record<string, () => Warehouse>;

  test.each<[keyof typeof users, string, string]>([
    ['loader', 'CREATE TABLE marts.mine (n INTEGER)', 'permission denied for schema marts'],
    ['loader', 'SELECT items FROM marts.counts', 'permission denied for schema marts'],
    ['loader', 'DELETE FROM monitor_db.run_executions', 'permission denied for relation run_executions'],
    ['loader', "UPDATE monitor_db.run_executions SET status = 'x'", 'permission denied for relation run_executions'],
    ['loader', 'DROP TABLE monitor_db.run_executions', 'must be owner of relation run_executions'],
    ['loader', 'CREATE TABLE monitor_db.mine (n INTEGER)', 'permission denied for schema monitor_db'],
    ['loader', "CREATE USER eve PASSWORD 'Secret123'", 'must be superuser to create users'],
    ['loader', 'CREATE ROLE more', 'must be superuser to create roles'],
    ['loader', 'GRANT ROLE transformer TO "IAMR:Loader"', 'permission denied to grant role "transformer"'],
    [
      'loader',
      'GRANT SELECT FOR TABLES IN SCHEMA marts TO ROLE loader',
      'permission denied to grant scoped permissions',
    ],
    ['transformer', 'INSERT INTO loads.items SELECT * FROM loads.items', 'permission denied for relation items'],
    ['transformer', 'DROP TABLE loads.items', 'must be owner of relation items'],
    ['transformer', 'ALTER TABLE loads.items ADD COLUMN more INTEGER', 'must be owner of relation items'],
    ['transformer', 'CREATE TABLE loads.mine (n INTEGER)', 'permission denied for schema loads'],
    ['transformer', 'TRUNCATE monitor_db.run_executions', 'permission denied for relation run_executions'],
    ['transformer', 'SELECT * FROM stage.lock_loads_items', 'permission denied for schema stage'],
    [
      'transformer',
      "ALTER TABLE spectrum.loads_items DROP PARTITION (dt='2022-11-24', hr=10)",
      'must be owner of schema spectrum',
    ],
    ['transformer', 'DROP USER "IAMR:Loader"', 'must be superuser to drop users'],
    ['analyst', 'INSERT INTO marts.counts SELECT * FROM marts.counts', 'permission denied for relation counts'],
    ['analyst', 'CREATE TABLE marts.mine (n INTEGER)', 'permission denied for schema marts'],
    ['analyst', 'DELETE FROM loads.items', 'permission denied for relation items'],
    ['analyst', 'DROP TABLE marts.counts', 'must be owner of relation counts'],
    ['analyst', 'CREATE SCHEMA mine', 'permission denied for database postgres'],
    ['analyst', 'SELECT * FROM stage.lock_loads_items', 'permission denied for schema stage'],
  ])('%s: %s', async (name, sql, message) => {
    await expect(users[name]().execute([sql])).rejects.toThrow(`ERROR: ${message}`);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseManifest } from '../../dbt/artifacts.js';
import { listNodes } from '../../dbt/commands.js';
import { dbtEvents } from '../../dbt/events.js';
import { taggedNodes, withTests } from '../../dbt/selection.js';
import { selectionKey, type DbtProgress } from '../../model/dbt.js';
import { pipelines } from '../support/samples.js';
import { dbtWarehouse, type DbtWarehouse, type Row } from '../support/dbt-warehouse.js';

const launchesFile = '../shared/data/spacex/launches.json';
const everything = pipelines.map(({ dbtSelect }) => dbtSelect ?? '');
// dbt takes seconds to start, and many on a busy machine
const buildTime = 240_000;

interface Manifest {
  nodes: Record<string, ManifestNode>;
}
interface ManifestNode {
  unique_id: string;
  name: string;
  schema: string;
  resource_type: string;
  description: string;
  columns: Record<string, { name: string; description: string }>;
  depends_on: { nodes: string[] };
  test_metadata?: { name: string };
}

let manifestOfFirst = '';
let dbt: DbtWarehouse;
beforeAll(async () => {
  dbt = await dbtWarehouse();
}, 60_000);
afterAll(() => dbt?.close());
beforeEach(() => dbt.empty());

describe('the marts of rows written by hand', { timeout: buildTime }, () => {
  test('all of them, in one build', async () => {
    await dbt.load('spacex', 'launches', [
      { launch_id: 'c', flight_number: 3, launch_name: 'third', launch_at: '2020-04-09T23:59:59Z' },
      { launch_id: 'a', flight_number: 1, launch_name: 'first', launch_at: '2020-01-01T00:00:00Z' },
      { launch_id: 'b', flight_number: 2, launch_name: 'second', launch_at: '2020-02-20T00:00:00Z' },
      { launch_id: 'd', flight_number: 4, launch_name: 'fourth', launch_at: '2020-04-10T00:00:00Z', upcoming: true },
    ]);
    await dbt.load(
      'spacex',
      'launch_cores',
      ['a', 'b', 'c', 'd'].flatMap((launch_id) => [
        { launch_id, position: 0, core_id: 'core' },
        { launch_id, position: 1, core_id: null },
        { launch_id, position: 2, core_id: `once-${launch_id}` },
      ]),
    );
    const period = { organization_id: 'org', event: 'create', started_at: '2022-11-24T10:00:00Z' };
    await dbt.load('door2door', 'operating_periods', [
      { ...period, operating_period_id: 'day', finished_at: '2022-11-24T11:00:00Z' },
      { ...period, operating_period_id: 'gone', finished_at: '2022-11-24T11:00:00Z', event: 'delete' },
      { ...period, operating_period_id: 'still', finished_at: '2022-11-24T10:10:00Z' },
      { ...period, operating_period_id: 'day', finished_at: '2022-11-24T11:00:00Z', organization_id: 'empty' },
    ]);
    const at = (vehicle_id: string, time: string, latitude: number | null, longitude: number | null) => ({
      organization_id: 'org',
      vehicle_id,
      located_at: `2022-11-24T${time}Z`,
      latitude,
      longitude,
    });
    await dbt.load('door2door', 'vehicle_location', [
      at('bus', '11:00:00', 0, 2),
      at('bus', '10:00:00', 0, 0),
      at('bus', '10:30:00', 0, 1),
      at('bus', '10:40:00', null, null),
      at('bus', '11:00:00.001', 45, 90),
      at('van', '10:05:00', 52.5, 13.4),
      { ...at('van', '10:06:00', 1, 1), organization_id: 'other' },
    ]);
    const quake = (id: string, time: string, magnitude: number | null, event_type = 'earthquake') => ({
      id,
      time: `2018-01-31T${time}Z`,
      magnitude,
      event_type,
    });
    await dbt.load('earthquakes', 'earthquakes', [
      quake('a', '01:00:00', 1),
      quake('b', '01:59:59.999', 2.5, 'quarry blast'),
      quake('c', '02:00:00', null),
    ]);

    const { total, bySelect } = await dbt.build(everything);

    expect(total).toMatchObject({ status: 'success', failed: 0, skipped: 0, failures: [] });
    expect(Object.keys(bySelect)).toEqual(everything);
    expect(Object.values(bySelect).reduce((sum, { ok }) => sum + ok, 0)).toBe(total.ok);

    expect(await dbt.mart('max_core_reuse', 'core_id')).toEqual([{ core_id: 'core', flights: '3', reuses: '2' }]);
    // exactly 50 days, first to second, are out
    expect(await dbt.mart('cores_reused_within_50_days', 'launch_at')).toEqual([
      {
        core_id: 'core',
        previous_launch_at: local('2020-02-20T00:00:00'),
        launch_at: local('2020-04-09T23:59:59'),
        launch_name: 'third',
        days_between: 50 - 1 / 86_400,
      },
    ]);
    // a degree of the equator is 6,371,000 m x pi / 180 = 111,194.927 m: bus 2 degrees, van at one place
    expect(await dbt.mart('average_distance_per_operating_period', 'operating_period_id')).toEqual([
      { organization_id: 'org', operating_period_id: 'day', vehicles: '2', average_distance_m: 111_194.927 },
      { organization_id: 'org', operating_period_id: 'still', vehicles: '2', average_distance_m: 0 },
    ]);
    const [ten, eleven] = [local('2022-11-24T10:00:00'), local('2022-11-24T11:00:00')];
    expect(await dbt.mart('vehicles_by_hour', 'organization_id, hour')).toEqual([
      { organization_id: 'org', hour: ten, vehicles: '2', locations: '4' },
      { organization_id: 'org', hour: eleven, vehicles: '1', locations: '2' },
      { organization_id: 'other', hour: ten, vehicles: '1', locations: '1' },
    ]);
    expect(await dbt.mart('quakes_by_hour', 'hour')).toEqual([
      {
        hour: local('2018-01-31T01:00:00'),
        quakes: '2',
        other_events: '1',
        max_magnitude: 2.5,
        average_magnitude: 1.75,
      },
      {
        hour: local('2018-01-31T02:00:00'),
        quakes: '1',
        other_events: '0',
        max_magnitude: null,
        average_magnitude: null,
      },
    ]);

    manifestOfFirst = dbt.uploads.get('artifacts/dbt/build-1/manifest.json') ?? '';
    expect([...dbt.uploads.keys()].sort()).toEqual([
      'artifacts/dbt/build-1/dbt.log',
      'artifacts/dbt/build-1/manifest.json',
      'artifacts/dbt/build-1/run_results.json',
    ]);
    const graph = parseManifest(dbt.uploads.get('artifacts/dbt/build-1/manifest.json') ?? '');
    const folder = mkdtempSync(join(tmpdir(), 'waterclock-test-'));
    const listed = await listNodes({ ...dbt.dependencies(), folder, events: dbtEvents() }, 'tag:spacex').finally(() =>
      rmSync(folder, { recursive: true }),
    );
    expect(withTests(graph, taggedNodes(graph, 'tag:spacex') ?? new Set())).toEqual(listed);
  });
});

describe('the project', { timeout: buildTime }, () => {
  test('every model and column is described, every key tested, as the warehouse has them', async () => {
    const { nodes } = JSON.parse(manifestOfFirst) as Manifest;
    const models = Object.values(nodes).filter(({ resource_type }) => resource_type === 'model');
    expect(models.length).toBeGreaterThan(10);
    for (const { unique_id, name, schema, description, columns } of models) {
      expect(description, name).toBeTruthy();
      const found = await dbt.rows(
        `select attname as name from pg_attribute where attrelid = '${schema}.${name}'::regclass and attnum > 0 and not attisdropped order by 1`,
      );
      expect(Object.keys(columns).sort(), name).toEqual(found.map((column) => column['name']));
      for (const column of Object.values(columns)) expect(column.description, `${name}.${column.name}`).toBeTruthy();
      const tests = Object.values(nodes).filter(
        ({ resource_type, depends_on }) => resource_type === 'test' && depends_on.nodes.includes(unique_id),
      );
      expect(
        tests.map(({ test_metadata }) => test_metadata?.name),
        name,
      ).toEqual(expect.arrayContaining([expect.stringMatching(/^unique/), 'not_null']) as unknown);
    }
  });
});

describe('real launches', { timeout: buildTime }, () => {
  test.skipIf(!existsSync(launchesFile))(`known answers (skipped without ${launchesFile})`, async () => {
    const records = JSON.parse(readFileSync(launchesFile, 'utf8')) as unknown[];
    const spacex = pipelines.find(({ name }) => name === 'spacex');
    for (const { plan, schema, rows } of spacex?.entities ?? []) {
      const parsed = records
        .flatMap((record) => rows?.make(record) ?? [record])
        .map((record) => {
          const row = schema.parse(record);
          return Object.fromEntries(plan.columns.map(({ name, path }) => [name, valueAt(row, path)]));
        });
      await dbt.load('spacex', plan.name, parsed);
    }
    const { total } = await dbt.build(['tag:spacex']);
    expect(total.failures).toEqual([]);
    expect(await dbt.mart('max_core_reuse', 'core_id')).toEqual([
      { core_id: '5e9e28a6f35918c0803b265c', flights: '8', reuses: '7' },
    ]);
    const soon = await dbt.mart('cores_reused_within_50_days', 'launch_at');
    expect(soon.map(({ days_between }) => Math.round(Number(days_between) * 10) / 10)).toEqual([37.8, 48.9, 27.2]);
  });
});

// on the wire dbt waits as it lists views, whose text PostgreSQL reads under a lock: before any node has begun
const onPostgres = () => ({ dbt: { ...dbt.dependencies().dbt, target: 'local-postgres' } });

describe('what goes wrong', { timeout: buildTime }, () => {
  test('a failed test fails the selection that owns it, by name and rows, and no other', async () => {
    await dbt.load('spacex', 'launches', [
      { launch_id: 'same', flight_number: 1 },
      { launch_id: 'same', flight_number: 2 },
    ]);
    const partly = {
      select: 'tag:door2door',
      loaded: ['door2door.vehicle_location'],
      failed: ['door2door.operating_periods'],
    };
    const { bySelect, total } = await dbt.build(['tag:earthquakes', 'tag:spacex', 'tag:nothing', partly]);
    expect(bySelect['tag:earthquakes']).toMatchObject({ status: 'success', failures: [] });
    expect(bySelect['tag:spacex']?.failures).toContainEqual({
      name: 'unique_stg_launches_launch_id',
      message: '1 row fails: see s3://lake/artifacts/dbt/build-1/failing_rows.ndjson',
    });
    expect(JSON.parse(dbt.uploads.get('artifacts/dbt/build-1/failing_rows.ndjson') ?? '')).toEqual({
      test: 'unique_stg_launches_launch_id',
      row: { unique_field: 'same', n_records: 2 },
    });
    expect(bySelect['tag:spacex']?.failures).toContainEqual({
      name: 'max_core_reuse',
      message: 'blocked by unique_stg_launches_launch_id',
    });
    expect(bySelect['tag:nothing']?.failures).toEqual([
      { name: 'tag:nothing', message: 'tag:nothing selects nothing in the dbt project' },
    ]);
    expect(total).toMatchObject({ status: 'failed', failed: 1 });

    // what stands on the table that failed is left out, with its tests
    expect(bySelect[selectionKey(partly)]).toMatchObject({ status: 'success', failures: [] });
    const { results } = JSON.parse(dbt.uploads.get('artifacts/dbt/build-1/run_results.json') ?? '') as {
      results: { unique_id: string }[];
    };
    const built = results.map(({ unique_id }) => unique_id).filter((id) => id.startsWith('model.'));
    expect(built).toContain('model.waterclock.vehicles_by_hour');
    expect(built).not.toContain('model.waterclock.stg_operating_periods');
    expect(built).not.toContain('model.waterclock.average_distance_per_operating_period');
  });

  test('nothing to build is no failure', async () => {
    const nothing = { select: 'tag:spacex', loaded: [], failed: ['spacex.launches', 'spacex.launch_cores'] };
    const { bySelect } = await dbt.build([nothing]);
    expect(bySelect[selectionKey(nothing)]).toMatchObject({ status: 'success', ok: 0 });
  });

  test('a selection that dbt refuses is terminal', async () => {
    await expect(dbt.build(['foo:bar'])).rejects.toMatchObject({
      name: 'DbtFailed',
      message: "dbt could not build: Runtime Error 'foo' is not a valid method name",
    });
  });

  test('a warehouse that cannot be reached is tried again', async () => {
    const environment = { ...dbt.dependencies().environment, WATERCLOCK_REDSHIFT_PORT: '1' };
    await expect(dbt.build(['tag:spacex'], { environment })).rejects.toMatchObject({ name: 'TransientError' });
  });

  test('nodes that lost their connection are retried by dbt, the others stay as they were built', async () => {
    const blocker = new pg.Client(dbt.connection);
    await blocker.connect();
    const told: DbtProgress[] = [];
    try {
      await blocker.query('begin; lock table earthquakes.earthquakes in access exclusive mode');
      const building = dbt.build(['tag:earthquakes'], {
        ...onPostgres(),
        heartbeat: (progress) => told.push(progress),
      });
      await expect.poll(() => sessions(`wait_event_type = 'Lock'`), { timeout: 120_000 }).not.toEqual([]);
      await blocker.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      await blocker.query('rollback');
      expect((await building).total).toMatchObject({ status: 'success', failed: 0, skipped: 0 });
      const stages = [...dbt.uploads.keys()].filter((key) => key.includes('run_results')).sort();
      expect(stages).toEqual(['artifacts/dbt/build-1/run_results.0.json', 'artifacts/dbt/build-1/run_results.json']);
      expect(told.some(({ failed }) => failed > 0)).toBe(true);
      expect(told.at(-1)).toMatchObject({ failed: 0, running: [] });
      expect(told.at(-1)?.done).toBe(told.at(-1)?.total);
    } finally {
      await blocker.end();
    }
  });

  test('a cancelled build interrupts dbt while a statement waits, and leaves no statement behind', async () => {
    const blocker = new pg.Client(dbt.connection);
    await blocker.connect();
    const cancel = new AbortController();
    try {
      await blocker.query('begin; lock table earthquakes.earthquakes in access exclusive mode');
      const building = dbt.build(['tag:earthquakes'], { ...onPostgres(), signal: cancel.signal });
      const cancelled = expect(building).rejects.toThrow('cancelled');
      await expect.poll(() => sessions(`wait_event_type = 'Lock'`), { timeout: 120_000 }).not.toEqual([]);
      cancel.abort(new Error('cancelled'));
      await cancelled;
      expect(await sessions(`wait_event_type = 'Lock'`)).toEqual([]);
    } finally {
      await blocker.query('rollback');
      await blocker.end();
    }
  });
});

/** statements of others on this database */
async function sessions(condition: string): Promise<unknown[]> {
  const rows = await dbt.rows(
    `select query from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  );
  return rows.map(({ query }) => query);
}

function valueAt(row: unknown, path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Row | null | undefined)?.[key], row) ?? null;
}

/** the driver reads timestamps without a zone as local times */
function local(time: string): Date {
  return new Date(time);
}

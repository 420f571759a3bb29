import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildDbt, type BuildDependencies, type BuildResult } from '../../activities/dbt/build.js';
import { selectedByTag } from '../../activities/dbt/attribute.js';
import { parseManifest } from '../../activities/dbt/artifacts.js';
import { listNodes } from '../../activities/dbt/commands.js';
import { readSettings } from '../../model/settings.js';
import { pipelines } from '../../pipelines/index.js';
import { columnDefinition, ident, sqlType } from '../../schema/ddl.js';
import { targetColumns } from '../../schema/table-columns.js';
import { fileStack, type FileStack } from '../support/file-stack.js';

type Row = Record<string, unknown>;

const launchesFile = '../shared/data/spacex/launches.json';
const everything = pipelines.map(({ dbtSelect }) => dbtSelect ?? '');
const buildTime = 60_000;

let stack: FileStack;
let warehouse: pg.Client;
let uploads: Map<string, string>;

beforeAll(async () => {
  stack = await fileStack();
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = stack.environment;
  warehouse = new pg.Client({
    host: PGHOST,
    port: Number(PGPORT),
    user: PGUSER,
    password: PGPASSWORD,
    database: PGDATABASE,
  });
  await warehouse.connect();
  await warehouse.query(`set timezone to 'UTC'`);
  for (const { name, entities } of pipelines) {
    await warehouse.query(`create schema ${ident(name)}`);
    for (const { plan } of entities) {
      const columns = targetColumns(plan).map((column) =>
        columnDefinition(column, (type) => (type.kind === 'super' ? 'jsonb' : sqlType(type))),
      );
      await warehouse.query(`create table ${ident(name, plan.name)} (${columns.join(', ')})`);
    }
  }
});

afterAll(async () => {
  await warehouse?.end();
  await stack?.close();
});

beforeEach(async () => {
  uploads = new Map();
  for (const { name, entities } of pipelines) {
    for (const { plan } of entities) await warehouse.query(`truncate ${ident(name, plan.name)}`);
  }
});

/** rows of an entity; columns that are left out and must not be null get a value of their type */
async function insert(pipeline: string, entity: string, rows: Row[]): Promise<void> {
  const plan = pipelines.flatMap(({ entities }) => entities).find(({ plan }) => plan.name === entity)?.plan;
  if (!plan) throw new Error(entity);
  for (const [at, row] of rows.entries()) {
    const filled = targetColumns(plan).map(({ name, type, nullable }) => {
      if (name === '_row_id') return String(at);
      if (name in row) return type.kind === 'super' ? JSON.stringify(row[name]) : row[name];
      if (nullable) return null;
      return { varchar: '', timestamp: '2022-11-24T10:00:00Z', boolean: false, super: '[]' }[type.kind as string] ?? 0;
    });
    const places = filled.map((_, place) => `$${place + 1}`).join(', ');
    await warehouse.query(`insert into ${ident(pipeline, entity)} values (${places})`, filled);
  }
}

function dependencies(more: Partial<BuildDependencies> = {}): BuildDependencies {
  return {
    dbt: readSettings(stack.environment).dbt,
    environment: { PATH: process.env['PATH'], ...stack.environment },
    heartbeat: () => undefined,
    upload: async (key, body) => void uploads.set(key, String(body)),
    ...more,
  };
}

function build(selects: string[], more: Partial<BuildDependencies> = {}): Promise<BuildResult> {
  return buildDbt({ buildId: 'build-1', selects }, dependencies(more));
}

async function mart(name: string, order: string): Promise<Row[]> {
  const { rows } = await warehouse.query<Row>(`select * from marts.${ident(name)} order by ${order}`);
  return rows;
}

describe('the marts of rows written by hand', { timeout: buildTime }, () => {
  test('all of them, in one build', async () => {
    await insert('spacex', 'launches', [
      { launch_id: 'c', flight_number: 3, launch_name: 'third', launch_at: '2020-04-09T23:59:59Z' },
      { launch_id: 'a', flight_number: 1, launch_name: 'first', launch_at: '2020-01-01T00:00:00Z' },
      { launch_id: 'b', flight_number: 2, launch_name: 'second', launch_at: '2020-02-20T00:00:00Z' },
      { launch_id: 'd', flight_number: 4, launch_name: 'fourth', launch_at: '2020-04-10T00:00:00Z', upcoming: true },
    ]);
    await insert(
      'spacex',
      'launch_cores',
      ['a', 'b', 'c', 'd'].flatMap((launch_id) => [
        { launch_id, position: 0, core_id: 'core' },
        { launch_id, position: 1, core_id: null },
        { launch_id, position: 2, core_id: `once-${launch_id}` },
      ]),
    );
    const period = { organization_id: 'org', event: 'create', started_at: '2022-11-24T10:00:00Z' };
    await insert('door2door', 'operating_periods', [
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
    await insert('door2door', 'vehicle_location', [
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
    await insert('earthquakes', 'earthquakes', [
      quake('a', '01:00:00', 1),
      quake('b', '01:59:59.999', 2.5, 'quarry blast'),
      quake('c', '02:00:00', null),
    ]);

    const { total, bySelect } = await build(everything);

    expect(total).toMatchObject({ status: 'success', failed: 0, skipped: 0, failures: [] });
    expect(Object.keys(bySelect)).toEqual(everything);
    expect(Object.values(bySelect).reduce((sum, { ok }) => sum + ok, 0)).toBe(total.ok);

    expect(await mart('max_core_reuse', 'core_id')).toEqual([{ core_id: 'core', flights: '3', reuses: '2' }]);
    // exactly 50 days, first to second, are out
    expect(await mart('cores_reused_within_50_days', 'launch_at')).toEqual([
      {
        core_id: 'core',
        previous_launch_at: local('2020-02-20T00:00:00'),
        launch_at: local('2020-04-09T23:59:59'),
        launch_name: 'third',
        days_between: 50 - 1 / 86_400,
      },
    ]);
    // a degree of the equator is 6,371,000 m x pi / 180 = 111,194.927 m: bus 2 degrees, van at one place
    expect(await mart('average_distance_per_operating_period', 'operating_period_id')).toEqual([
      { organization_id: 'org', operating_period_id: 'day', vehicles: '2', average_distance_m: 111_194.927 },
      { organization_id: 'org', operating_period_id: 'still', vehicles: '2', average_distance_m: 0 },
    ]);
    const [ten, eleven] = [local('2022-11-24T10:00:00'), local('2022-11-24T11:00:00')];
    expect(await mart('vehicles_by_hour', 'organization_id, hour')).toEqual([
      { organization_id: 'org', hour: ten, vehicles: '2', locations: '4' },
      { organization_id: 'org', hour: eleven, vehicles: '1', locations: '2' },
      { organization_id: 'other', hour: ten, vehicles: '1', locations: '1' },
    ]);
    expect(await mart('quakes_by_hour', 'hour')).toEqual([
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

    expect([...uploads.keys()].sort()).toEqual([
      'artifacts/dbt/build-1/dbt.log',
      'artifacts/dbt/build-1/manifest.json',
      'artifacts/dbt/build-1/run_results.json',
    ]);
    const graph = parseManifest(uploads.get('artifacts/dbt/build-1/manifest.json') ?? '');
    const folder = mkdtempSync(join(tmpdir(), 'waterclock-test-'));
    const listed = await listNodes({ ...dependencies(), folder }, 'tag:spacex').finally(() =>
      rmSync(folder, { recursive: true }),
    );
    expect(selectedByTag(graph, 'tag:spacex')).toEqual(listed);
  });
});

describe('real launches', { timeout: buildTime }, () => {
  test.skipIf(!existsSync(launchesFile))(`known answers (skipped without ${launchesFile})`, async () => {
    const records = JSON.parse(readFileSync(launchesFile, 'utf8')) as unknown[];
    const spacex = pipelines.find(({ name }) => name === 'spacex');
    for (const { plan, schema, rows } of spacex?.entities ?? []) {
      const parsed = records.flatMap(rows).map((record) => {
        const row = schema.parse(record);
        return Object.fromEntries(plan.columns.map(({ name, path }) => [name, valueAt(row, path)]));
      });
      await insert('spacex', plan.name, parsed);
    }
    const { total } = await build(['tag:spacex']);
    expect(total.failures).toEqual([]);
    expect(await mart('max_core_reuse', 'core_id')).toEqual([
      { core_id: '5e9e28a6f35918c0803b265c', flights: '8', reuses: '7' },
    ]);
    const soon = await mart('cores_reused_within_50_days', 'launch_at');
    expect(soon.map(({ days_between }) => Math.round(Number(days_between) * 10) / 10)).toEqual([37.8, 48.9, 27.2]);
  });
});

describe('what goes wrong', { timeout: buildTime }, () => {
  test('a failed test fails the select that owns it, by name, and no other', async () => {
    await insert('spacex', 'launches', [
      { launch_id: 'same', flight_number: 1 },
      { launch_id: 'same', flight_number: 2 },
    ]);
    const { bySelect, total } = await build(['tag:earthquakes', 'tag:spacex', 'tag:nothing']);
    expect(bySelect['tag:earthquakes']).toMatchObject({ status: 'success', failures: [] });
    expect(bySelect['tag:spacex']?.failures).toContainEqual({
      name: 'unique_stg_launches_launch_id',
      message: '1 row fails',
    });
    expect(bySelect['tag:spacex']?.failures).toContainEqual({
      name: 'max_core_reuse',
      message: 'blocked by unique_stg_launches_launch_id',
    });
    expect(bySelect['tag:nothing']?.failures).toEqual([
      { name: 'tag:nothing', message: 'selects nothing in the dbt project' },
    ]);
    expect(total).toMatchObject({ status: 'failed', failed: 1 });
  });

  test('a selection that dbt refuses is terminal', async () => {
    await expect(build(['foo:bar'])).rejects.toMatchObject({
      name: 'DbtFailed',
      message: "dbt could not build: Runtime Error 'foo' is not a valid method name",
    });
  });

  test('a warehouse that cannot be reached is tried again', async () => {
    const environment = { ...dependencies().environment, PGPORT: '1' };
    await expect(build(['tag:spacex'], { environment })).rejects.toMatchObject({ name: 'TransientError' });
  });

  test('a cancelled build interrupts dbt while a statement waits, and leaves no statement behind', async () => {
    const blocker = new pg.Client({ ...connectionOf(warehouse) });
    await blocker.connect();
    const cancel = new AbortController();
    try {
      await blocker.query('begin; lock table earthquakes.earthquakes in access exclusive mode');
      const building = build(['tag:earthquakes'], { signal: cancel.signal });
      const cancelled = expect(building).rejects.toThrow('cancelled');
      await expect.poll(() => sessions(`wait_event_type = 'Lock'`), { timeout: 40_000 }).not.toEqual([]);
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
  const { rows } = await warehouse.query<{ query: string }>(
    `select query from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  );
  return rows.map(({ query }) => query);
}

function connectionOf({ host, port, user, password, database }: pg.Client): pg.ClientConfig {
  return { host, port, ...(user && { user }), ...(password && { password }), ...(database && { database }) };
}

function valueAt(row: unknown, path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Row | null | undefined)?.[key], row) ?? null;
}

/** the driver reads timestamps without a zone as local times */
function local(time: string): Date {
  return new Date(time);
}

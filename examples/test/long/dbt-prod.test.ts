import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { warehouseUsers } from '../../../local/warehouse-users.js';
import type { DbtWarehouse, Row } from '../../../test/support/dbt-warehouse.js';
import { marts as openMarts, pipelines } from '../support/marts.js';

// what target prod sends to Redshift goes through the Data API to the local one, which refuses what Redshift refuses:
// dbt-redshift itself, every statement of it, with another driver beneath
const driver = join(import.meta.dirname, '../../../test/support/dbt-over-data-api');
const everything = ['tag:spacex', 'tag:door2door', 'tag:earthquakes'];

let dbt: DbtWarehouse;
let folder: string;
beforeAll(async () => {
  dbt = await openMarts();
  folder = mkdtempSync(join(tmpdir(), 'waterclock-prod-'));
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await dbt?.close();
});

/** dbt as a person calls it; its output */
async function call(target: string, ...words: string[]): Promise<{ code: number; told: string }> {
  const { dbt: given, environment } = dbt.dependencies();
  const project = ['--project-dir', given.projectDir, '--profiles-dir', given.projectDir, '--target', target];
  const paths = ['--target-path', folder, '--log-path', folder, '--no-use-colors'];
  const child = spawn(given.command, [...words, ...project, ...paths], {
    env: {
      ...environment,
      HOME: process.env['HOME'],
      PYTHONPATH: driver,
      WATERCLOCK_REDSHIFT_HOST: 'local.redshift-serverless.invalid',
      WATERCLOCK_TEST_TRANSFORMER_SECRET_ARN: warehouseUsers.transformer.secretArn,
      WATERCLOCK_DBT_USER: 'Ann.Lee',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, told };
}

async function prod(): Promise<void> {
  const { code, told } = await call('prod', 'build');
  expect(code, told).toBe(0);
}

const local = async (fullRefresh = false) => {
  const { total } = await dbt.build(everything, { fullRefresh });
  expect(total.failures).toEqual([]);
};

/** every mart, row by row */
async function marts(): Promise<Record<string, Row[]>> {
  const named = await dbt.rows(
    `select relname as name from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'm') order by 1`,
  );
  const found: Record<string, Row[]> = {};
  for (const { name } of named) {
    found[String(name)] = await dbt.rows(`select * from marts.${String(name)} as m order by m::text`);
  }
  return found;
}

/** the marts of one target make room for those of the other */
const swap = async (from: string, to: string) => {
  await dbt.rows(`alter schema marts rename to ${from}`);
  if (to !== '') await dbt.rows(`alter schema ${to} rename to marts`);
  // as the administrator does it: with the rights that go with it
  else await dbt.setUp();
};

const at = (vehicle_id: string, minute: string, latitude: number | null, longitude: number) => ({
  organization_id: 'org',
  vehicle_id,
  located_at: `2022-11-24T10:${minute}:00Z`,
  latitude,
  longitude,
});
const quake = (id: string, time: string, magnitude: number | null) => ({ id, time, magnitude, network: 'us' });

test(
  'target prod, full and incremental, runs on the local Redshift, and builds what target local does',
  { timeout: 600_000 },
  async () => {
    await dbt.load(
      'spacex',
      'launches',
      ['a', 'b', 'c'].map((launch_id, month) => ({
        launch_id,
        flight_number: month,
        launch_name: `launch ${launch_id}`,
        launch_at: `2020-0${month + 1}-01T00:00:00Z`,
        failures: month === 1 ? [{ reason: 'engine' }] : [],
      })),
    );
    await dbt.load(
      'spacex',
      'launch_cores',
      ['a', 'b', 'c'].map((launch_id) => ({ launch_id, position: 0, core_id: 'core', landing_success: true })),
    );
    const period = { organization_id: 'org', event: 'create', started_at: '2022-11-24T10:00:00Z' };
    await dbt.load('door2door', 'operating_periods', [
      { ...period, operating_period_id: 'day', finished_at: '2022-11-24T11:00:00Z' },
      { ...period, operating_period_id: 'open' },
    ]);
    const bus = [at('bus', '00', 52.5, 13.4), at('bus', '20', 52.51, 13.41), at('bus', '40', null, 13.4)];
    await dbt.load('door2door', 'vehicle_location', bus);
    await dbt.load('earthquakes', 'earthquakes', [
      quake('one', '2018-01-31T01:10:00Z', 1.25),
      quake('two', '2018-01-31T01:20:00Z', null),
    ]);

    await local();
    const built = await marts();
    await swap('marts_local', '');
    await prod();
    expect(await marts()).toEqual(built);
    for (const [name, rows] of Object.entries(built)) expect(rows.length, name).toBeGreaterThan(0);

    // an interval again, with other rows, and a new one
    await dbt.rows(`delete from earthquakes.earthquakes where id = 'one'`);
    await dbt.load('earthquakes', 'earthquakes', [quake('one', '2018-01-31T01:11:00Z', 3)]);
    await dbt.load('door2door', 'vehicle_location', [at('van', '30', 52.4, 13.3)], '2022-11-24T11:00:00Z');
    await prod();
    const incremental = await marts();
    await swap('marts_prod', 'marts_local');
    await local();
    expect(incremental).toEqual(await marts());
    expect(incremental).not.toEqual(built);
  },
);

test('freshness is the end of the newest interval that is loaded', { timeout: 240_000 }, async () => {
  // years ago, and without rows
  for (const { name, entities } of pipelines) {
    for (const { plan } of entities) await dbt.load(name, plan.name, [], '2022-11-24T12:00:00Z');
  }
  const { code, told } = await call('prod', 'source', 'freshness');
  expect(code, told).toBe(1);
  const { results } = JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8')) as {
    results: { unique_id: string; status: string; max_loaded_at: string }[];
  };
  const ends = results.map(({ unique_id, status, max_loaded_at }) => `${unique_id} ${status} ${max_loaded_at}`);
  expect(ends.toSorted((left, right) => (left < right ? -1 : 1))).toEqual([
    'source.waterclock.door2door.operating_periods error 2022-11-24T13:00:00+00:00',
    'source.waterclock.door2door.vehicle_location error 2022-11-24T13:00:00+00:00',
    'source.waterclock.earthquakes.earthquakes error 2022-11-24T13:00:00+00:00',
    'source.waterclock.spacex.launch_cores error 2022-11-24T13:00:00+00:00',
    'source.waterclock.spacex.launches error 2022-11-24T13:00:00+00:00',
  ]);
});

test('a developer builds in schemas of their own', { timeout: 240_000 }, async () => {
  const schemas = async (target: string) => {
    const output = ['--resource-type', 'model', '--output', 'json', '--output-keys', 'schema', '--quiet'];
    const { told } = await call(target, 'ls', ...output);
    return new Set([...told.matchAll(/"schema": "(\w+)"/g)].map(([, schema]) => schema));
  };
  expect(await schemas('dev')).toEqual(new Set(['ann_lee_marts', 'ann_lee_staging']));
  expect(await schemas('prod')).toEqual(new Set(['marts', 'staging']));
});

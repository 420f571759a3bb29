import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DbtWarehouse, Row } from '../../../test/support/dbt-warehouse.js';
import { spacexPipeline } from '../../pipelines/spacex/definition.js';
import { local, marts } from '../support/marts.js';

const launchesFile = '../shared/data/spacex/launches.json';
const timeout = 240_000;

let dbt: DbtWarehouse;
beforeAll(async () => {
  dbt = await marts();
}, 60_000);
afterAll(() => dbt?.close());
beforeEach(() => dbt.empty());

async function build(): Promise<void> {
  const { total } = await dbt.build(['tag:spacex']);
  expect(total).toMatchObject({ status: 'success', failed: 0, skipped: 0, failures: [] });
}

test('the core that flew most, and the cores that flew again within 50 days', { timeout }, async () => {
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
  await build();
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
});

test.skipIf(!existsSync(launchesFile))(
  `the known answers of the real launches (skipped without ${launchesFile})`,
  { timeout },
  async () => {
    const records = JSON.parse(readFileSync(launchesFile, 'utf8')) as unknown[];
    for (const { plan, schema, rows } of spacexPipeline.entities) {
      const parsed = records
        .flatMap((record) => rows?.make(record) ?? [record])
        .map((record) => {
          const row = schema.parse(record);
          return Object.fromEntries(plan.columns.map(({ name, path }) => [name, valueAt(row, path)]));
        });
      await dbt.load('spacex', plan.name, parsed);
    }
    await build();
    expect(await dbt.mart('max_core_reuse', 'core_id')).toEqual([
      { core_id: '5e9e28a6f35918c0803b265c', flights: '8', reuses: '7' },
    ]);
    const soon = await dbt.mart('cores_reused_within_50_days', 'launch_at');
    expect(soon.map(({ days_between }) => Math.round(Number(days_between) * 10) / 10)).toEqual([37.8, 48.9, 27.2]);
  },
);

function valueAt(row: unknown, path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Row | null | undefined)?.[key], row) ?? null;
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DbtWarehouse } from '../../../test/support/dbt-warehouse.js';
import { local, marts } from '../support/marts.js';

let dbt: DbtWarehouse;
beforeAll(async () => {
  dbt = await marts();
}, 60_000);
afterAll(() => dbt?.close());

test('earthquakes by hour, those without a magnitude counted and not averaged', { timeout: 240_000 }, async () => {
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
  const { total } = await dbt.build(['tag:earthquakes']);
  expect(total).toMatchObject({ status: 'success', failed: 0, skipped: 0, failures: [] });
  const [one, two] = [local('2018-01-31T01:00:00'), local('2018-01-31T02:00:00')];
  expect(await dbt.mart('quakes_by_hour', 'hour')).toEqual([
    { hour: one, quakes: '2', other_events: '1', max_magnitude: 2.5, average_magnitude: 1.75 },
    { hour: two, quakes: '1', other_events: '0', max_magnitude: null, average_magnitude: null },
  ]);
});

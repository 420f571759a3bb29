import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DbtWarehouse } from '../../../test/support/dbt-warehouse.js';
import { local, marts } from '../support/marts.js';

let dbt: DbtWarehouse;
beforeAll(async () => {
  dbt = await marts();
}, 60_000);
afterAll(() => dbt?.close());

const at = (vehicle_id: string, time: string, latitude: number | null, longitude: number | null) => ({
  organization_id: 'org',
  vehicle_id,
  located_at: `2022-11-24T${time}Z`,
  latitude,
  longitude,
});

test(
  'distances within operating periods that were not deleted, and vehicles by hour',
  { timeout: 240_000 },
  async () => {
    const period = { organization_id: 'org', event: 'create', started_at: '2022-11-24T10:00:00Z' };
    await dbt.load('door2door', 'operating_periods', [
      { ...period, operating_period_id: 'day', finished_at: '2022-11-24T11:00:00Z' },
      { ...period, operating_period_id: 'gone', finished_at: '2022-11-24T11:00:00Z', event: 'delete' },
      { ...period, operating_period_id: 'still', finished_at: '2022-11-24T10:10:00Z' },
      { ...period, operating_period_id: 'day', finished_at: '2022-11-24T11:00:00Z', organization_id: 'empty' },
    ]);
    await dbt.load('door2door', 'vehicle_location', [
      at('bus', '11:00:00', 0, 2),
      at('bus', '10:00:00', 0, 0),
      at('bus', '10:30:00', 0, 1),
      at('bus', '10:40:00', null, null),
      at('bus', '11:00:00.001', 45, 90),
      at('van', '10:05:00', 52.5, 13.4),
      { ...at('van', '10:06:00', 1, 1), organization_id: 'other' },
    ]);
    const { total } = await dbt.build(['tag:door2door']);
    expect(total).toMatchObject({ status: 'success', failed: 0, skipped: 0, failures: [] });

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
  },
);

import { afterAll, beforeAll, expect, test } from 'vitest';
import { dbtWarehouse, type DbtWarehouse } from '../support/dbt-warehouse.js';

let dbt: DbtWarehouse;
beforeAll(async () => {
  dbt = await dbtWarehouse();
  // what dbt grants is looked at, not what a bootstrap grants by default
  await dbt.rows('alter default privileges in schema marts revoke select on tables from analyst');
}, 60_000);
afterAll(() => dbt?.close());

const [one, two, three] = ['2018-02-01T01:00:00Z', '2018-02-01T02:00:00Z', '2018-02-01T03:00:00Z'];
const reading = (id: string, level: number, time = one) => ({ id, level, time, updated: time });
const facts = () =>
  dbt.rows(
    `select reading_id as id, level, to_char(interval_start, 'HH24') as hour from marts.fct_readings order by 1`,
  );
const source = () =>
  dbt.rows(`select id, level, to_char(_interval_start, 'HH24') as hour from readings.readings order by 1`);
/** the transaction that wrote its newest row */
const written = () => dbt.rows('select max(xmin::text::bigint)::text as newest from marts.fct_readings');
const build = async (fullRefresh = false) => {
  const { total } = await dbt.build(['tag:readings'], { fullRefresh });
  expect(total.failures).toEqual([]);
};

test('an incremental model follows whatever loads did to whole intervals', { timeout: 480_000 }, async () => {
  await dbt.load('readings', 'readings', [reading('kept', 1), reading('moved', 2), reading('gone', 3)], one);
  await dbt.load('readings', 'readings', [reading('vanished', 4, two)], two);
  await build();
  expect(await facts()).toEqual(await source());

  // hour 1 again, without one of its rows; a row that hour 3 changed; hour 2 again, without any; an event time long past
  await dbt.rows(`delete from readings.readings where id in ('kept', 'gone', 'moved', 'vanished')`);
  await dbt.load('readings', 'readings', [reading('kept', 1.5)], one);
  await dbt.load('readings', 'readings', [], two);
  await dbt.load('readings', 'readings', [reading('moved', 2.5), reading('late', 5, '2011-01-01T00:00:00Z')], three);
  // a load that failed later hides none
  await dbt.rows(
    `insert into monitor_db.handler_executions select 'run', 'failed', pipeline, entity, interval_start, interval_end, 0, 0, 0, 0, 0, 0, 'failed', null, '2099-01-01', null from monitor_db.handler_executions`,
  );
  await build();
  expect(await facts()).toEqual([
    { id: 'kept', level: 1.5, hour: '01' },
    { id: 'late', level: 5, hour: '03' },
    { id: 'moved', level: 2.5, hour: '03' },
  ]);
  expect(await facts()).toEqual(await source());
  expect(await dbt.rows('select sum(readings) as readings from marts.readings_by_hour')).toEqual([{ readings: '3' }]);

  // rows that no load brought are not looked at, until all is built anew
  await dbt.rows(`update readings.readings set level = 9 where id = 'kept'`);
  const before = await written();
  await build();
  expect(await written()).toEqual(before);
  expect(await facts()).toContainEqual({ id: 'kept', level: 1.5, hour: '01' });
  await build(true);
  expect(await facts()).toContainEqual({ id: 'kept', level: 9, hour: '01' });
  expect(await dbt.rows('select max(max_level) as most from marts.readings_by_hour')).toEqual([{ most: 9 }]);
});

test('analysts may read the marts', async () => {
  const readable = await dbt.rows(
    `select relname as name, has_table_privilege('analyst', oid, 'select') as readable from pg_class
     where relnamespace = 'marts'::regnamespace and relkind in ('r', 'm', 'v') order by 1`,
  );
  expect(readable).toEqual(
    ['dim_stations', 'fct_readings', 'readings_by_hour'].map((name) => ({ name, readable: true })),
  );
});

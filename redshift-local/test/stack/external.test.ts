import * as arrow from 'apache-arrow';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { arrowFile } from '../../../test/support/parquet-files.js';
import { redshiftWorld, role, type RedshiftWorld } from '../support/redshift-world.js';

let world: RedshiftWorld;
beforeAll(async () => {
  world = await redshiftWorld(inject('stack').tools.rclone);
  await world.ok(
    `create external schema spectrum from data catalog database 'lake' ${role} create external database if not exists`,
  );
});
afterAll(() => world?.close());

const file = (ids: number[], names: (string | null)[]) =>
  arrowFile({
    name: arrow.vectorFromArray(names, new arrow.Utf8()),
    id: arrow.vectorFromArray(ids, new arrow.Int32()),
  });

const create = (table: string) =>
  `create external table spectrum.${table} (id integer, name varchar(20), later double precision) partitioned by (dt date, hr smallint) stored as parquet location 's3://lake/${table}/' table properties ('numRows'='10')`;
const add = (table: string, hr: number, folder: string) =>
  `alter table spectrum.${table} add if not exists partition (dt = '2022-11-24', hr = ${hr}) location 's3://lake/${table}/${folder}/'`;

test('reads the files of registered partitions, by name, and follows what changes in them', async () => {
  await world.ok(create('places'));
  await world.put('places/a/part-00000.parquet', file([1, 2], ['x', null]));
  await world.put('places/a/_manifest.json', '{}');
  await world.put('places/b/part-00000.parquet', file([3], ['z']));
  const all = 'select dt, hr, id, name, later from spectrum.places order by id';
  expect(await world.rows(all)).toEqual([]);
  await world.ok(add('places', 10, 'a'));
  expect(await world.rows(all)).toEqual([
    ['2022-11-24', 10, 1, 'x', null],
    ['2022-11-24', 10, 2, null, null],
  ]);
  await world.ok(add('places', 11, 'b'));
  await world.ok(add('places', 11, 'elsewhere'));
  expect((await world.rows('select id from spectrum.places where hr = 11')).flat()).toEqual([3]);
  await world.put('places/b/part-00001.parquet', file([4], ['new']));
  await world.put('places/b/part-00000.parquet', file([30], ['again']));
  expect((await world.rows('select id from spectrum.places where hr = 11 order by id')).flat()).toEqual([4, 30]);
  await world.ok(
    `alter table spectrum.places partition (hr = 10, dt = '2022-11-24') set location 's3://lake/places/none/'`,
  );
  expect((await world.rows('select id from spectrum.places order by id')).flat()).toEqual([4, 30]);
  await world.ok(`alter table spectrum.places drop partition (dt = '2022-11-24', hr = 11)`);
  expect(await world.rows('select count(*) from spectrum.places')).toEqual([[0]]);
});

test('partitions of one table are added, moved and read side by side', async () => {
  await world.ok(create('busy'));
  const hours = [0, 1, 2, 3];
  await Promise.all(hours.map((hr) => world.put(`busy/${hr}/part-00000.parquet`, file([hr], ['x']))));
  for (let round = 0; round < 4; round++) {
    await Promise.all(
      hours.map(async (hr) => {
        await world.ok(add('busy', hr, String(hr)));
        await world.ok(
          `alter table spectrum.busy partition (dt = '2022-11-24', hr = ${hr}) set location 's3://lake/busy/${hr}/'`,
        );
        expect(await world.rows(`select id from spectrum.busy where hr = ${hr}`)).toEqual([[hr]]);
      }),
    );
  }
});

test('a transaction that is older than the move of a partition reads the files that are there', async () => {
  await world.ok(create('moving'));
  for (const id of [0, 1]) await world.put(`moving/${id}/part-00000.parquet`, file([id], ['x']));
  await world.ok(add('moving', 10, '0'));
  const ids = 'select id from spectrum.moving';
  expect(await world.rows(ids)).toEqual([[0]]);

  const { SessionId = '' } = await world.ok('begin', { SessionKeepAliveSeconds: 60 });
  // takes the snapshot
  await world.ok('select 1', { SessionId });
  await world.ok(
    "alter table spectrum.moving partition (dt = '2022-11-24', hr = 10) set location 's3://lake/moving/1/'",
  );
  expect(await world.rows(ids)).toEqual([[1]]);
  expect(await world.rows(ids, { SessionId })).toEqual([[1]]);
  await world.ok('commit', { SessionId });
});

test('pseudo-columns tell the file of each row, and * leaves them out', async () => {
  await world.ok(
    `create external table spectrum.flat (id integer, name varchar(20)) stored as parquet location 's3://lake/flat'`,
  );
  const bytes = file([1], ['x']);
  await world.put('flat/deep/one.parquet', bytes);
  await world.put('flatter/two.parquet', bytes);
  expect(await world.rows('select *, "$path", f."$size" from spectrum.flat f')).toEqual([
    [1, 'x', 's3://lake/flat/deep/one.parquet', bytes.length],
  ]);
  expect(await world.rows('select "$path" as file, count(*) from spectrum.flat group by 1')).toEqual([
    ['s3://lake/flat/deep/one.parquet', 1],
  ]);
  await world.ok('create table own (a int)');
  await world.ok('insert into own values (1)');
  expect(await world.error('select "$path" from own')).toMatch(/column "\$path" does not exist/);
});

test('views and other statements see the same rows', async () => {
  expect(await world.error('create view seen as select name from spectrum.flat')).toMatch(/NO SCHEMA BINDING/);
  await world.ok('create view seen as select name from spectrum.flat with no schema binding');
  await world.put('flat/deep/three.parquet', file([3], ['three']));
  expect((await world.rows('select name from seen order by name')).flat()).toEqual(['three', 'x']);
  await world.ok([
    'create table copied as select id from spectrum.flat',
    'insert into copied select id + 10 from spectrum.flat',
  ]);
  expect((await world.rows('select id from copied order by id')).flat()).toEqual([1, 3, 11, 13]);
  await world.ok('drop view seen');
});

test.each([
  ['insert into spectrum.flat values (1, $$x$$)'.replaceAll('$$', "'")],
  ['delete from spectrum.flat'],
  ["update spectrum.flat set name = 'y'"],
])('is read-only: %s', async (sql) => {
  expect(await world.error(sql)).toMatch(/cannot modify the external table spectrum.flat/);
});

test('COPY does not load an external table', async () => {
  expect(await world.error(`copy spectrum.flat from 's3://lake/flat/' ${role} format as parquet`)).toMatch(
    /COPY loads tables only/,
  );
});

test('a file that does not fit is refused as Spectrum refuses it', async () => {
  await world.ok(`create external table spectrum.wrong (id bigint) stored as parquet location 's3://lake/flat/'`);
  expect(await world.error('select * from spectrum.wrong')).toMatch(
    /Spectrum Scan Error[\s\S]*incompatible Parquet schema for column 's3:\/\/lake\/flat\/deep\/one.parquet.id'. Column type: BIGINT/,
  );
  await world.ok('drop table spectrum.wrong');
});

const refused: [string, RegExp][] = [
  [`create external schema s from hive metastore database 'd' uri '1.2.3.4' ${role}`, /FROM HIVE is not honoured/],
  [`create external schema s from data catalog ${role}`, /needs DATABASE/],
  [`create external schema s from data catalog database 'd'`, /needs IAM_ROLE/],
  [
    "create external table plain.t (a int) stored as parquet location 's3://lake/x/'",
    /schema "plain" is not an external schema/,
  ],
  ["create external table t (a int) stored as parquet location 's3://lake/x/'", /named with its schema/],
  [
    "create external table spectrum.t (a super) stored as parquet location 's3://lake/x/'",
    /an external table has no SUPER/,
  ],
  [
    "create external table spectrum.t (a timestamptz) stored as parquet location 's3://lake/x/'",
    /an external table has no TIMESTAMPTZ/,
  ],
  [
    "create external table spectrum.t (a int not null) stored as parquet location 's3://lake/x/'",
    /a name and a type only/,
  ],
  ["create external table spectrum.t (a int) stored as orc location 's3://lake/x/'", /STORED AS ORC is not honoured/],
  [
    "create external table spectrum.t (a int) partitioned by (a int) stored as parquet location 's3://lake/x/'",
    /more than once/,
  ],
  [
    "alter table spectrum.places add partition (dt = '2022-11-24') location 's3://lake/x/'",
    /the partition keys of spectrum.places are \(dt, hr\), got \(dt\)/,
  ],
  [
    "alter table spectrum.places add partition (dt = 'soon', hr = 1) location 's3://lake/x/'",
    /invalid input syntax for type date/,
  ],
  [
    "alter table spectrum.places partition (dt = '2020-01-01', hr = 1) set location 's3://lake/x/'",
    /Partition does not exist/,
  ],
  ["alter table own add partition (dt = '2022-11-24') location 's3://lake/x/'", /named with its schema/],
  [
    "alter table public.own add partition (dt = '2022-11-24') location 's3://lake/x/'",
    /"own" is not an external table/,
  ],
];
test.each(refused)('%s', async (sql, message) => expect(await world.error(sql)).toMatch(message));

test('a partition is added once, unless IF NOT EXISTS says otherwise', async () => {
  await world.ok(create('once'));
  const again = "alter table spectrum.once add partition (dt = '2022-11-24', hr = 1) location 's3://lake/once/'";
  await world.ok(again);
  expect(await world.error(again)).toMatch(/Partition already exists/);
  await world.ok(add('once', 1, 'other'));
  expect(await world.rows(`select "values", location from svv_external_partitions where tablename = 'once'`)).toEqual([
    ['["2022-11-24","1"]', 's3://lake/once/'],
  ]);
});

test('none of it runs inside a transaction', async () => {
  for (const sql of [
    create('never'),
    add('places', 1, 'x'),
    'drop table spectrum.flat',
    `create external schema never from data catalog database 'd' ${role}`,
  ])
    expect(await world.error([sql, 'select 1'])).toMatch(/cannot run inside a transaction block/);
});

test('the catalog shows them', async () => {
  expect(await world.rows('select schemaname, databasename from svv_external_schemas')).toEqual([['spectrum', 'lake']]);
  expect(await world.rows(`select location, tabletype from svv_external_tables where tablename = 'places'`)).toEqual([
    ['s3://lake/places/', 'TABLE'],
  ]);
  expect(
    await world.rows(
      `select columnname, external_type, columnnum, part_key from svv_external_columns where tablename = 'places' order by columnnum`,
    ),
  ).toEqual([
    ['id', 'int', 1, 0],
    ['name', 'varchar(20)', 2, 0],
    ['later', 'double', 3, 0],
    ['dt', 'date', 4, 1],
    ['hr', 'smallint', 5, 2],
  ]);
});

test('a table is dropped with what was brought in of it, a schema with its tables', async () => {
  await world.ok('drop table spectrum.flat');
  expect(await world.error('select * from spectrum.flat')).toMatch(/does not exist/);
  await world.ok('drop schema spectrum drop external database cascade');
  expect(await world.rows('select * from svv_external_tables')).toEqual([]);
});

import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { redshiftWorld, role, type RedshiftWorld } from '../support/redshift-world.js';

let world: RedshiftWorld;
const columns =
  'i smallint, j integer, k bigint, r real, f double precision, b boolean, c char(4), v varchar(40), d date, t timestamp, z timestamptz, n decimal(9, 2), e decimal(38, 10), x varbyte(9)';
beforeAll(async () => {
  world = await redshiftWorld(inject('stack').tools.rclone);
  await world.ok(`create table kinds (${columns})`);
  await world.ok(
    `insert into kinds values (1, -2, 9007199254740993, 1.5, 0.1, true, 'ab', 'a|b,"c"', '1969-12-31', '1969-12-31 23:59:59.999999', '2022-11-24 10:30:00+02', -0.05, 1234567890123456789012345678.0123456789, null)`,
  );
  await world.ok('insert into kinds (i) values (2)');
});
afterAll(() => world?.close());

const text = async (key: string) => Buffer.from(await world.bytes(key)).toString();

test('what Parquet took out comes back the same', async () => {
  await world.ok(`unload ('select * from kinds') to 's3://lake/round/' ${role} format as parquet`);
  expect(await world.keys('round/')).toEqual(['round/0000_part_00.parquet']);
  await world.ok('create table back (like kinds)');
  await world.ok(`copy back from 's3://lake/round/' ${role} format as parquet`);
  const all = (table: string) =>
    world.rows(`select i, j, k::varchar, r, f, b, c, v, d, t, z, n, e, x from ${table} order by i`);
  expect(await all('back')).toEqual(await all('kinds'));
});

test.each([
  ['CSV', 'csv', 'csv'],
  [
    'delimited text',
    "delimiter '|' escape addquotes null as 'none'",
    "delimiter '|' escape removequotes null as 'none'",
  ],
])('what %s took out comes back the same', async (name, out, back) => {
  const folder = `back-${name.replaceAll(' ', '-')}`;
  await world.ok(`unload ('select i, v, d, t, n, b from kinds where i = 1') to 's3://lake/${folder}/' ${role} ${out}`);
  const table = `t_${name.replaceAll(' ', '_').toLowerCase()}`;
  await world.ok(`create table ${table} (i smallint, v varchar(40), d date, t timestamp, n decimal(9, 2), b boolean)`);
  await world.ok(`copy ${table} from 's3://lake/${folder}/' ${role} ${back}`);
  expect(await world.rows(`select * from ${table}`)).toEqual(
    await world.rows('select i, v, d, t, n, b from kinds where i = 1'),
  );
});

test.each<[string, string, string, string]>([
  ['pipes by default', '', 'x/0000_part_00', '1|a|b,"c"|ab  |t\n2|||\n'],
  ['CSV with a header', 'csv header', 'x/0000_part_00', 'i,v,c,b\n1,"a|b,""c""",ab  ,t\n2,,,\n'],
  [
    'JSON',
    'json',
    'x/0000_part_00.json',
    '{"i":1,"v":"a|b,\\"c\\"","c":"ab  ","b":true}\n{"i":2,"v":null,"c":null,"b":null}\n',
  ],
  ['one file without PARALLEL', 'parallel off', 'x/000', '1|a|b,"c"|ab  |t\n2|||\n'],
])('%s', async (name, options, key, wanted) => {
  const folder = name.replaceAll(' ', '-');
  await world.ok(`unload ('select i, v, c, b from kinds order by i') to 's3://lake/${folder}/x/' ${role} ${options}`);
  expect(await world.keys(`${folder}/`)).toEqual([`${folder}/${key}`]);
  expect(await text(`${folder}/${key}`)).toBe(wanted);
});

test('GZIP, and an extension of its own', async () => {
  await world.ok(`unload ('select 1 as a') to 's3://lake/gz/a_' ${role} gzip`);
  expect(gunzipSync(await world.bytes('gz/a_0000_part_00.gz')).toString()).toBe('1\n');
  await world.ok(`unload ('select 1 as a') to 's3://lake/ext/' ${role} csv extension 'csv'`);
  expect(await world.keys('ext/')).toEqual(['ext/0000_part_00.csv']);
});

test('a folder that is not empty is refused, overwritten or cleaned', async () => {
  const unload = (more: string) => `unload ('select ''new'' as a') to 's3://lake/full/' ${role} csv ${more}`;
  await world.put('full/0000_part_00', 'old\n');
  await world.put('full/other', 'kept\n');
  expect(await world.error(unload(''))).toMatch(/Specified unload destination on S3 is not empty/);
  await world.ok(unload('allowoverwrite'));
  expect(await text('full/0000_part_00')).toBe('new\n');
  expect(await world.keys('full/')).toEqual(['full/0000_part_00', 'full/other']);
  await world.ok(unload('cleanpath'));
  expect(await world.keys('full/')).toEqual(['full/0000_part_00']);
});

test('partitions are folders, and leave the files unless INCLUDE says so', async () => {
  const query = `select 1 as a, ''x'' as p union all select 2, null`;
  await world.ok(`unload ('${query}') to 's3://lake/parts/' ${role} csv header partition by (p)`);
  expect(await world.keys('parts/')).toEqual([
    'parts/p=__HIVE_DEFAULT_PARTITION__/0000_part_00',
    'parts/p=x/0000_part_00',
  ]);
  expect(await text('parts/p=x/0000_part_00')).toBe('a\n1\n');
  await world.ok(`unload ('${query}') to 's3://lake/inclusive/' ${role} csv header partition by (p) include`);
  expect(await text('inclusive/p=x/0000_part_00')).toBe('a,p\n1,x\n');
});

test('a manifest that COPY reads', async () => {
  await world.ok(`unload ('select i from kinds') to 's3://lake/told/part_' ${role} format parquet manifest verbose`);
  const size = (await world.bytes('told/part_0000_part_00.parquet')).length;
  expect(JSON.parse(await text('told/part_manifest'))).toEqual({
    entries: [{ url: 's3://lake/told/part_0000_part_00.parquet', meta: { content_length: size, record_count: 2 } }],
    schema: { elements: [{ name: 'i', type: { base: 'smallint' } }] },
    meta: { content_length: size, record_count: 2 },
    author: { name: 'Amazon Redshift', version: '1.0.0' },
  });
  await world.ok('create table counted (i smallint)');
  expect(
    (await world.ok(`copy counted from 's3://lake/told/part_manifest' ${role} format parquet manifest`)).ResultRows,
  ).toBe(2);
});

test('MAXFILESIZE cuts the parts', async () => {
  await world.ok('create table long (v varchar(65535))');
  await world.ok(`insert into long values (repeat('x', 60000)), (repeat('y', 60000))`);
  for (let doubled = 0; doubled < 7; doubled++) await world.ok('insert into long select v from long');
  await world.ok(`unload ('select v from long') to 's3://lake/cut/' ${role} csv maxfilesize 5 mb`);
  expect(await world.keys('cut/')).toEqual(['cut/0000_part_00', 'cut/0000_part_01', 'cut/0000_part_02']);
});

test.each<[string, RegExp]>([
  [`unload ('select 1 as a limit 1') to 's3://lake/n/' ${role}`, /Limit clause is not supported/],
  [`unload ('delete from kinds') to 's3://lake/n/' ${role}`, /not a SelectStmt/],
  [`unload ('select 1 as a') to 's3://lake/n/'`, /UNLOAD needs IAM_ROLE/],
  [
    `unload ('select 1 as a') to 's3://lake/n/' ${role} format parquet header`,
    /HEADER is not supported for UNLOAD to PARQUET/,
  ],
  [`unload ('select 1 as a') to 's3://lake/n/' ${role} csv escape`, /ESCAPE is not supported for UNLOAD to CSV/],
  [`unload ('select 1 as a') to 's3://lake/n/' ${role} cleanpath allowoverwrite`, /exclude each other/],
  [
    `unload ('select 1 as a') to 's3://lake/n/' ${role} maxfilesize 1 mb`,
    /MAXFILESIZE must be between 5 MB and 6.2 GB/,
  ],
  [`unload ('select 1 as a') to 's3://lake/n/' ${role} partition by (a)`, /at least one column/],
  [`unload ('select 1 as a') to 's3://lake/n/' ${role} partition by (b)`, /partition column "b" is not in the query/],
])('%s', async (sql, message) => expect(await world.error(sql)).toMatch(message));

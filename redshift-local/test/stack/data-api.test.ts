import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  RedshiftDataClient,
  type SqlParameter,
} from '@aws-sdk/client-redshift-data';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as arrow from 'apache-arrow';
import { Table as WasmTable, writeParquet } from 'parquet-wasm';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startRedshiftData } from '../../server.js';
import { redshiftDataStack } from '../support/redshift-data-stack.js';

const role = 'arn:aws:iam::123456789012:role/copy';
let stack: Awaited<ReturnType<typeof redshiftDataStack>>;
let server: Awaited<ReturnType<typeof startRedshiftData>>;
let client: RedshiftDataClient;
let s3: S3Client;

const place = { WorkgroupName: 'local', Database: 'postgres' };
const connectTo = (endpoint: string, secretAccessKey = 'localsecret') =>
  new RedshiftDataClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey },
    maxAttempts: 1,
  });

beforeAll(async () => {
  stack = await redshiftDataStack(inject('stack').tools.rclone);
  server = await startRedshiftData({ postgres: stack.postgres, s3: stack.s3 });
  client = connectTo(server.url);
  const { endpoint, region, ...credentials } = stack.s3;
  s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const schema of ['stage', 'monitor_db', 'quakes']) await ok(`create schema if not exists ${schema}`);
});

afterAll(async () => {
  client?.destroy();
  s3?.destroy();
  await server?.close();
  await stack?.close();
});

async function run(
  sql: string | string[],
  more: { Parameters?: SqlParameter[]; ClientToken?: string; StatementName?: string } = {},
) {
  const answer =
    typeof sql === 'string'
      ? await client.send(new ExecuteStatementCommand({ ...place, ...more, Sql: sql }))
      : await client.send(new BatchExecuteStatementCommand({ ...place, ...more, Sqls: sql }));
  return client.send(new DescribeStatementCommand({ Id: answer.Id, WaitTimeSeconds: 20 }));
}

async function ok(sql: string | string[], more: Parameters<typeof run>[1] = {}) {
  const done = await run(sql, more);
  expect(done.Error).toBeUndefined();
  expect(done.Status).toBe('FINISHED');
  return done;
}

async function rows(sql: string, parameters: Record<string, string> = {}): Promise<unknown[][]> {
  const Parameters = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const { Id } = await ok(sql, Parameters.length > 0 ? { Parameters } : {});
  const found: unknown[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetStatementResultCommand({ Id, NextToken }));
    found.push(
      ...(page.Records ?? []).map((record) => record.map((field) => (field.isNull ? null : Object.values(field)[0]))),
    );
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

const put = (Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body }));

async function parquet(key: string, columns: Record<string, arrow.Vector>): Promise<string> {
  const bytes = writeParquet(WasmTable.fromIPCStream(arrow.tableToIPC(new arrow.Table(columns), 'stream')));
  await put(`${key}.parquet`, bytes);
  const entries = [{ url: `s3://lake/${key}.parquet`, mandatory: true, meta: { content_length: bytes.length } }];
  await put(`${key}_manifest.json`, JSON.stringify({ entries }));
  return `s3://lake/${key}_manifest.json`;
}

const copy = (table: string, columns: string[], manifest: string) =>
  `COPY ${table} (${columns.map((name) => `"${name}"`).join(', ')}) FROM '${manifest}' IAM_ROLE '${role}' FORMAT AS PARQUET MANIFEST`;

test('answers typed records, column metadata and pages', async () => {
  const { Id, HasResultSet, ResultRows } = await ok(
    `select 1 as i, 9007199254740993 as b, 1.5::decimal(4, 2) as d, 2.5::float8 as f, true as t, 'ä' as s, null as n, date '2022-11-24' as day`,
  );
  expect({ HasResultSet, ResultRows }).toEqual({ HasResultSet: true, ResultRows: 1 });
  const { Records, ColumnMetadata, TotalNumRows } = await client.send(new GetStatementResultCommand({ Id }));
  expect(TotalNumRows).toBe(1);
  expect(Records?.[0]?.slice(2)).toEqual([
    { stringValue: '1.50' },
    { doubleValue: 2.5 },
    { booleanValue: true },
    { stringValue: 'ä' },
    { isNull: true },
    { stringValue: '2022-11-24' },
  ]);
  expect(ColumnMetadata?.map(({ typeName }) => typeName)).toEqual([
    'int4',
    'int8',
    'numeric',
    'float8',
    'bool',
    'varchar',
    'varchar',
    'date',
  ]);
  await ok('create table quakes.many (n integer)');
  await ok(`insert into quakes.many values ${Array.from({ length: 2500 }, (_, n) => `(${n})`).join(', ')}`);
  expect((await rows('select n from quakes.many order by n')).map(([n]) => n)).toEqual(
    Array.from({ length: 2500 }, (_, n) => n),
  );
});

test('loads by the shapes of the product: COPY, lock, ledger, MERGE, delete', async () => {
  const manifest = await parquet('quakes', {
    id: arrow.vectorFromArray(['a', 'b', 'b'], new arrow.Utf8()),
    n: arrow.vectorFromArray([1n, 9007199254740993n, null], new arrow.Int64()),
    m: arrow.vectorFromArray([1.5, null, 3], new arrow.Float64()),
    time: arrow.vectorFromArray([0, 1, 2], new arrow.TimestampMicrosecond()),
    day: arrow.vectorFromArray([new Date('2022-11-24'), null, null], new arrow.DateDay()),
    ok: arrow.vectorFromArray([true, false, null], new arrow.Bool()),
    data: arrow.vectorFromArray([Buffer.from('{"a": 1}'), null, null], new arrow.Binary()),
    _row_id: arrow.vectorFromArray(['r1', 'r2', 'r3'], new arrow.Utf8()),
  });
  const types = `"id" VARCHAR(8) NOT NULL, "n" BIGINT, "m" DOUBLE PRECISION, "time" TIMESTAMP, "day" DATE, "ok" BOOLEAN`;
  await ok('CREATE TABLE IF NOT EXISTS "stage"."lock_q" (locked SMALLINT)');
  await ok(
    `CREATE TABLE IF NOT EXISTS "quakes"."quakes" (${types}, "data" SUPER, "_row_id" VARCHAR(32) NOT NULL, "_loaded_at" TIMESTAMP) DISTKEY (_row_id) SORTKEY (time)`,
  );
  const columns = ['id', 'n', 'm', 'time', 'day', 'ok', 'data', '_row_id'];
  const staged = await ok([
    'DROP TABLE IF EXISTS "stage"."q"',
    `CREATE TABLE "stage"."q" (${types}, "data" VARBYTE(16777216), "_row_id" VARCHAR(32) NOT NULL)`,
    copy('"stage"."q"', columns, manifest),
    `CREATE TABLE "stage"."q_latest" AS SELECT "id", "n", "m", "time", "day", "ok", JSON_PARSE("data") AS "data", "_row_id" FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY _row_id ORDER BY "time" DESC) AS recency FROM "stage"."q") AS ranked WHERE recency = 1`,
  ]);
  expect(staged.SubStatements?.map(({ Id, Status }) => [Id?.split(':')[1], Status])).toEqual(
    [1, 2, 3, 4].map((n) => [String(n), 'FINISHED']),
  );
  expect(staged.SubStatements?.[2]?.ResultRows).toBe(3);
  expect(await rows('SELECT COUNT(*) AS found, COUNT(DISTINCT _row_id) AS keys FROM "stage"."q"')).toEqual([[3, 3]]);
  const set = columns.filter((name) => name !== '_row_id').map((name) => `"${name}" = "stage"."q_latest"."${name}"`);
  await ok([
    'LOCK "stage"."lock_q"',
    'DELETE FROM "stage"."q_latest" USING "quakes"."quakes" WHERE "stage"."q_latest"._row_id = "quakes"."quakes"._row_id AND "quakes"."quakes"."time" > "stage"."q_latest"."time"',
    `MERGE INTO "quakes"."quakes" USING "stage"."q_latest" ON "quakes"."quakes"._row_id = "stage"."q_latest"._row_id WHEN MATCHED THEN UPDATE SET ${set.join(', ')} WHEN NOT MATCHED THEN INSERT (${columns.map((name) => `"${name}"`).join(', ')}, "_loaded_at") VALUES (${columns.map((name) => `"stage"."q_latest"."${name}"`).join(', ')}, GETDATE())`,
    'DROP TABLE "stage"."q"',
    'DROP TABLE "stage"."q_latest"',
  ]);
  expect(await rows('select id, n::varchar, m, "time", day, ok, data from quakes.quakes order by _row_id')).toEqual([
    ['a', '1', 1.5, '1970-01-01 00:00:00', '2022-11-24', true, '{"a":1}'],
    ['b', '9007199254740993', null, '1970-01-01 00:00:00.001', null, false, null],
    ['b', null, 3, '1970-01-01 00:00:00.002', null, null, null],
  ]);
  const described = await rows(
    `select column_name, data_type, character_maximum_length from svv_columns where table_schema = :schema and table_name = :table order by ordinal_position`,
    { schema: 'quakes', table: 'quakes' },
  );
  expect(described.slice(0, 2)).toEqual([
    ['id', 'character varying', 8],
    ['n', 'bigint', null],
  ]);
  expect(described.find(([name]) => name === 'data')).toEqual(['data', 'super', null]);
});

test('COPY refuses a type that does not fit, a long value, NULL in NOT NULL and a false content_length', async () => {
  const ints = await parquet('ints', { n: arrow.vectorFromArray([1n], new arrow.Int64()) });
  await ok('create table stage.narrow (n integer)');
  expect((await run(copy('stage.narrow', ['n'], ints))).Error).toMatch(
    /incompatible Parquet schema for column 's3:\/\/lake\/ints.parquet.n'. Column type: INTEGER, Parquet schema:\noptional int64 n/,
  );
  const texts = await parquet('texts', { s: arrow.vectorFromArray(['ää', null], new arrow.Utf8()) });
  await ok('create table stage.short (s varchar(3))');
  expect((await run(copy('stage.short', ['s'], texts))).Error).toMatch(
    /The length of the data column s is longer.*Table: 3, Data: 4, File name/,
  );
  await ok('create table stage.strict (s varchar(4) not null)');
  expect((await run(copy('stage.strict', ['s'], texts))).Error).toMatch(/Missing data for not-null field/);
  expect(await rows('select count(*) from stage.strict')).toEqual([[0]]);
  await put(
    'false.json',
    JSON.stringify({ entries: [{ url: 's3://lake/texts.parquet', mandatory: true, meta: { content_length: 1 } }] }),
  );
  expect((await run(copy('stage.strict', ['s'], 's3://lake/false.json'))).Error).toMatch(/content_length says 1/);
  expect(
    (await run(`copy stage.strict from 's3://lake/none.json' iam_role '${role}' format as parquet manifest`)).Error,
  ).toMatch(/Problem reading manifest file/);
});

test('a batch is one transaction, and tells which statement failed', async () => {
  const done = await run([
    'create table quakes.half (n integer)',
    'insert into quakes.half values (1)',
    'select missing from quakes.half',
    'select 1',
  ]);
  expect(done.Status).toBe('FAILED');
  expect(done.Error).toMatch(/^Query #3 failed with ERROR: column "missing" does not exist/);
  expect(done.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'FINISHED', 'FAILED', 'ABORTED']);
  expect(await rows(`select 1 from svv_tables where table_name = 'half'`)).toEqual([]);
});

test('the results of a batch have ids of their own', async () => {
  const { Id } = await ok(['select 1', 'select 2']);
  const { Records } = await client.send(new GetStatementResultCommand({ Id: `${Id}:2` }));
  expect(Records).toEqual([[{ longValue: 2 }]]);
  await expect(client.send(new GetStatementResultCommand({ Id }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('LOCK is taken before the snapshot: two batches that read and write never conflict', async () => {
  await ok([
    'create table quakes.counter (n integer)',
    'insert into quakes.counter values (0)',
    'create table stage.lock_counter (locked smallint)',
  ]);
  const all = await Promise.all(
    Array.from({ length: 8 }, () =>
      run(['lock stage.lock_counter', 'update quakes.counter set n = n + 1', 'select n from quakes.counter']),
    ),
  );
  expect(all.map(({ Status, Error: error }) => error ?? Status)).toEqual(all.map(() => 'FINISHED'));
  expect(await rows('select n from quakes.counter')).toEqual([[8]]);
});

test('a conflict of two transactions is error 1023', async () => {
  await ok(['create table quakes.clash (n integer)', 'insert into quakes.clash values (0)']);
  const other = new pg.Client({ ...stack.postgres, database: 'postgres' });
  await other.connect();
  await other.query('begin');
  await other.query('update quakes.clash set n = 1');
  const { Id } = await client.send(
    new BatchExecuteStatementCommand({
      ...place,
      Sqls: ['select n from quakes.clash', 'update quakes.clash set n = n + 1'],
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  await other.query('commit');
  await other.end();
  const done = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 10 }));
  expect(done.Error).toMatch(/ERROR: 1023 DETAIL: Serializable isolation violation/);
});

test('a ClientToken names one statement, also a failed one', async () => {
  const first = await run('select 1/0', { ClientToken: 'token-1' });
  expect(first.Status).toBe('FAILED');
  expect((await run('select 1/0', { ClientToken: 'token-1' })).Id).toBe(first.Id);
  await expect(run('select 2', { ClientToken: 'token-1' })).rejects.toMatchObject({ name: 'ValidationException' });
});

test('statements are listed by prefix, finished ones by default, in pages', async () => {
  for (const name of ['p:1:load', 'p:2:load', 'p:3:load']) await ok('select 1', { StatementName: name });
  await run('select nothing', { StatementName: 'p:4:load' });
  const names = async (more: object) =>
    (await client.send(new ListStatementsCommand({ StatementName: 'p:', ...more }))).Statements?.map(
      ({ StatementName }) => StatementName,
    );
  expect(await names({})).toEqual(['p:3:load', 'p:2:load', 'p:1:load']);
  expect(await names({ Status: 'ALL', RoleLevel: true })).toEqual(['p:4:load', 'p:3:load', 'p:2:load', 'p:1:load']);
  const page = await client.send(new ListStatementsCommand({ StatementName: 'p:', MaxResults: 2 }));
  expect(page.NextToken).toBeDefined();
  expect(await names({ MaxResults: 2, NextToken: page.NextToken })).toEqual(['p:1:load']);
});

test('a cancelled statement is ABORTED, a finished one refuses', async () => {
  const other = new pg.Client({ ...stack.postgres, database: 'postgres' });
  await other.connect();
  await ok('create table stage.held (n smallint)');
  await other.query('begin');
  await other.query('lock table stage.held');
  const { Id } = await client.send(
    new ExecuteStatementCommand({ ...place, Sql: 'lock stage.held', WaitTimeSeconds: 1 }),
  );
  expect(await client.send(new CancelStatementCommand({ Id }))).toMatchObject({ Status: true });
  expect((await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 10 }))).Status).toBe('ABORTED');
  await other.end();
  await expect(client.send(new CancelStatementCommand({ Id }))).rejects.toThrow(/already in ABORTED state/);
});

test('parameters are text, cast by their place, and checked', async () => {
  const values = { n: '7', s: `a'; drop table quakes.many; --`, at: '2022-11-24 10:30:00' };
  expect(
    await rows(`select n, :s, date_trunc('hour', cast(:at as timestamp)) from quakes.many where n = :n`, values),
  ).toEqual([[7, values.s, '2022-11-24 10:00:00']]);
  const refused = (sql: string, Parameters: SqlParameter[]) =>
    expect(run(sql, { Parameters })).rejects.toMatchObject({ name: 'ValidationException' });
  await refused('select :a', [{ name: 'b', value: '1' }]);
  await refused('select :a', [{ name: 'a', value: '' }]);
  await refused('select 1', [{ name: 'a', value: '1' }]);
});

test('errors have their names and codes', async () => {
  const send = (input: object) => client.send(new ExecuteStatementCommand({ Sql: 'select 1', ...place, ...input }));
  await expect(send({ ClusterIdentifier: 'c' })).rejects.toMatchObject({
    name: 'ValidationException',
    $metadata: { httpStatusCode: 400 },
  });
  await expect(send({ Database: undefined })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(send({ Sql: 'select 1; select 2' })).rejects.toThrow(/Multiple sql statements/);
  await expect(send({ Sql: `select '${'x'.repeat(110_000)}'` })).rejects.toThrow(/100 KB/);
  const Id = '00000000-0000-0000-0000-000000000000';
  await expect(client.send(new DescribeStatementCommand({ Id }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(connectTo(server.url, 'wrong').send(new DescribeStatementCommand({ Id }))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  });
  expect((await run('create index i on quakes.many (n)')).Error).toMatch(
    /Redshift has no indexes.*\[rule: create index\]/,
  );
});

test('functions mean what they mean in Redshift', async () => {
  expect(
    await rows(`select nvl(null, 1), nvl2(null, 'a', 'b'), decode(2, 1, 'one', 2, 'two', 'many'), datediff(day, date '2022-01-01', date '2022-03-01'),
      dateadd(month, 1, timestamp '2022-01-31 10:00:00'), md5('a'), sha2('a', 256), strtol('ff', 16), len('äb'),
      json_serialize(json_parse('{"a": [1, "x y"]}')), json_extract_path_text('{"a":{"b":1}}', 'a', 'b'), extract(hour from timestamp '2022-01-31 10:00:00')`),
  ).toEqual([
    [
      1,
      'b',
      'two',
      59,
      '2022-02-28 10:00:00',
      '0cc175b9c0f1b6a831c399e269772661',
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
      255,
      2,
      '{"a":[1,"x y"]}',
      '1',
      10,
    ],
  ]);
  expect(
    await rows("select avg(n), listagg(n, ',') within group (order by n desc) from quakes.many where n in (1, 2)"),
  ).toEqual([[1, '2,1']]);
});

test('a VARCHAR counts bytes', async () => {
  await ok('create table quakes.bytes (s varchar(3))');
  expect((await run(`insert into quakes.bytes values ('ää')`)).Error).toMatch(/Value too long for character type/);
});

test('a server started anew knows the statements and results of the last one', async () => {
  const { Id } = await ok('select 42', { StatementName: 'before' });
  const second = await startRedshiftData({ postgres: stack.postgres, s3: stack.s3 });
  const reader = connectTo(second.url);
  expect((await reader.send(new DescribeStatementCommand({ Id }))).Status).toBe('FINISHED');
  expect((await reader.send(new GetStatementResultCommand({ Id }))).Records).toEqual([[{ longValue: 42 }]]);
  reader.destroy();
  await second.close();
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startRedshiftData } from '../../server.js';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

let wire: RedshiftWire;
let client: pg.Client;
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
  client = await wire.connect();
});
afterAll(() => wire?.close());

const rows = async (sql: string, values?: unknown[], by = client) =>
  (await by.query({ text: sql, ...(values && { values }), rowMode: 'array' })).rows as unknown[][];
/** code, message and detail of the error that a query ends in */
const failure = async (sql: string, values?: unknown[], by = client) => {
  try {
    await by.query(sql, values);
  } catch (error) {
    const { code, message, detail } = error as pg.DatabaseError;
    return { code, message, ...(detail !== undefined && { detail }) };
  }
  throw new Error(`was not refused: ${sql}`);
};

test('simple queries are rewritten and counted as on Redshift', async () => {
  expect(await rows("select nvl(null, 2) as n, len('ab'), avg(x) from (select 1 as x union all select 2)  t")).toEqual([
    [2, 2, '1'],
  ]);
  expect(await rows('select version()')).toEqual([[expect.stringContaining('Redshift')]]);
});

test('a statement that Redshift refuses has its SQLSTATE and the message of the Data API', async () => {
  expect(await failure("select string_agg('a', ',')")).toEqual({
    code: '42883',
    message: expect.stringMatching(/^function string_agg does not exist.*\[rule: function not in Redshift\]$/),
  });
  expect(await failure('select distinct on (a) a from (select 1 as a) t')).toMatchObject({ code: '0A000' });
  expect(await failure('select from where')).toMatchObject({ code: '42601' });
  expect(await failure('select * from nowhere')).toMatchObject({ code: '42P01' });
  expect(await failure('copy t from stdin')).toMatchObject({ code: '0A000' });
  expect(await failure('select :name')).toMatchObject({ code: '42601' });
});

test('several statements of one query take effect together', async () => {
  await client.query(
    'create table several (n integer); insert into several values (1); insert into several values (2)',
  );
  expect(await failure('insert into several values (3); select 1/0')).toMatchObject({ code: '22012' });
  expect(await failure("insert into several values (3); select string_agg('a', ',')")).toMatchObject({ code: '42883' });
  expect(await rows('select count(*) from several')).toEqual([['2']]);
  const results = (await client.query(
    'select 1 as a; begin; insert into several values (4); commit; select 2 as b',
  )) as unknown as pg.QueryResult[];
  expect(results.map(({ command }) => command)).toEqual(['SELECT', 'BEGIN', 'INSERT', 'COMMIT', 'SELECT']);
  expect(await rows('select count(*) from several')).toEqual([['3']]);
});

test('parameters, prepared statements and NULL', async () => {
  await client.query('create table valued (n integer, name varchar(10), price decimal(8, 2), at timestamp, s super)');
  const insert = { name: 'insert', text: 'insert into valued values ($1, $2, $3, $4, json_parse($5))' };
  await client.query({ ...insert, values: [1, 'one', '1.5', '2022-11-24 10:00:00', '{"a": [1, 2]}'] });
  const { rowCount } = await client.query({ ...insert, values: [2, null, null, null, null] });
  expect(rowCount).toBe(1);
  expect(await rows('select n, name, price, s from valued where n >= $1 order by n', [1])).toEqual([
    [1, 'one', '1.50', '{"a":[1,2]}'],
    [2, null, null, null],
  ]);
  expect(await failure('select n from valued where n = $1', ['x'])).toMatchObject({ code: '22P02' });
  expect(await rows('select len($1)', ['abc'])).toEqual([[3]]);
  expect(await failure(insert.text, [3, 'longer than ten', null, null, null])).toMatchObject({ code: '22001' });
});

test('the types of columns are those of Redshift, in text and in binary', async () => {
  const sql = `select 'a' as text, json_parse('{"b": 1}') as s, to_varbyte('ff00', 'hex') as v, 1::bigint as n, true as ok`;
  const { fields } = await client.query(sql);
  expect(fields.map(({ dataTypeID }) => dataTypeID)).toEqual([1043, 4000, 6551, 20, 16]);
  expect(await rows(sql)).toEqual([['a', '{"b":1}', 'ff00', '1', true]]);
  const binary = (
    await client.query({
      text: `${sql} where 1 = $1`,
      values: [1],
      rowMode: 'array',
      binary: true,
      types: { getTypeParser: () => (value: Buffer) => value.toString() },
    } as unknown as pg.QueryConfig)
  ).rows as unknown[][];
  expect(binary[0]?.slice(0, 2)).toEqual(['a', '{"b":1}']);
});

test('a portal gives its rows by and by', async () => {
  const asked: number[] = [];
  const found = await new Promise<number>((resolve, reject) => {
    let count = 0;
    const connection = (
      client as unknown as { connection: { execute(config: unknown): void; flush(): void; sync(): void } }
    ).connection;
    const more = () => {
      asked.push(count);
      connection.execute({ portal: '', rows: 2 });
      connection.flush();
    };
    const query = {
      submit(to: typeof connection & { parse(c: unknown): void; bind(c: unknown): void; describe(c: unknown): void }) {
        to.parse({ text: 'select n from several order by n' });
        to.bind({ values: [] });
        to.describe({ type: 'P', name: '' });
        more();
      },
      handleRowDescription: () => undefined,
      handleDataRow: () => count++,
      handlePortalSuspended: () => more(),
      handleCommandComplete: () => connection.sync(),
      handleError: reject,
      handleReadyForQuery: () => resolve(count),
    };
    client.query(query as unknown as pg.Submittable);
  });
  expect(found).toBe(3);
  expect(asked).toEqual([0, 2]);
});

test('a transaction is a snapshot, and a failure in it aborts it until its end', async () => {
  const other = await wire.connect();
  await client.query('create table spans (n integer)');
  await client.query('begin');
  expect(await rows('select count(*) from spans')).toEqual([['0']]);
  await other.query('insert into spans values (1)');
  expect(await rows('select count(*) from spans')).toEqual([['0']]);
  // refused here, before PostgreSQL sees it
  expect(await failure("select string_agg('a', ',')")).toMatchObject({ code: '42883' });
  expect(await failure('select 1')).toMatchObject({ code: '25P02' });
  expect(await failure('select $1::integer', [1])).toMatchObject({ code: '25P02' });
  await client.query('rollback');
  expect(await rows('select count(*) from spans')).toEqual([['1']]);
});

test('writers of one row conflict with error 1023', async () => {
  const other = await wire.connect();
  await client.query('begin');
  await client.query('select * from spans');
  await other.query('update spans set n = 2');
  expect(await failure('update spans set n = 3')).toMatchObject({
    code: 'XX000',
    message: '1023',
    detail: 'Serializable isolation violation on table in Redshift',
  });
  await client.query('rollback');
});

test('TRUNCATE commits', async () => {
  await client.query('begin');
  await client.query('create table kept (n integer)');
  await client.query('truncate spans');
  await client.query('rollback');
  expect(await rows('select count(*) from kept')).toEqual([['0']]);
});

test('an error that a procedure catches keeps what its handler did, and is thrown again', async () => {
  await client.query('create table caught (n int, m varchar(50))');
  await client.query(`create procedure catches(a int) as $$ begin insert into caught values (a / 0, ''); exception when others then
    insert into caught values (a, sqlerrm); end; $$ language plpgsql`);
  expect(await failure('call catches(1)')).toMatchObject({ code: '22012', message: 'division by zero' });
  expect(await failure('call catches($1)', [2])).toMatchObject({ code: '22012', message: 'division by zero' });
  await client.query('begin');
  expect(await failure('call catches(3)')).toMatchObject({ code: '22012' });
  // its transaction has ended there too
  await client.query('rollback');
  expect(await rows('select n, m from caught order by n')).toEqual([1, 2, 3].map((n) => [n, 'division by zero']));
});

test('a superuser works as another user and comes back', async () => {
  await client.query("create user wire_guest password 'Secret123'");
  await client.query("set session authorization 'wire_guest'");
  expect(await rows('select current_user')).toEqual([['wire_guest']]);
  expect(await failure('create user wire_other password disable')).toMatchObject({ code: '42501' });
  await client.query('reset session authorization');
  expect(await rows('select session_user')).toEqual([['awsuser']]);
  await client.query('drop user wire_guest');
});

test('COPY and UNLOAD say what they did, and join a transaction', async () => {
  writeFileSync(join(wire.stack.bucket, 'rows.csv'), '1,a\n2,b\n');
  const notices: string[] = [];
  client.on('notice', ({ message }) => notices.push(message ?? ''));
  await client.query('create table copied (n integer, name varchar(5))');
  const copy = "copy copied from 's3://lake/rows.csv' iam_role default csv";
  expect((await client.query(copy)).command).toBe('COPY');
  expect(notices).toEqual([`Load into table 'copied' completed, 2 record(s) loaded successfully.`]);
  await client.query('begin');
  await client.query(copy);
  expect(await rows('select count(*) from copied')).toEqual([['4']]);
  await client.query('rollback');
  expect(await failure(`${copy}; ${copy.replace('rows.csv', 'gone.csv')}`)).toMatchObject({ code: 'XX000' });
  expect(await rows('select count(*) from copied')).toEqual([['2']]);
  await client.query("unload ('select * from copied') to 's3://lake/out/' iam_role default csv");
  expect(notices.at(-1)).toBe('UNLOAD completed, 2 record(s) unloaded successfully.');
  expect(
    await rows("select status from sys_load_history where table_name = 'copied' order by query_id desc limit 1"),
  ).toEqual([['aborted']]);
});

test('users sign in with their password and have their own rights', async () => {
  await client.query("create user anna password 'Secret123'; create table secrets (n integer)");
  await expect(wire.connect({ user: 'anna', password: 'wrong' })).rejects.toThrow(/password authentication failed/);
  const anna = await wire.connect({ user: 'anna', password: 'Secret123' });
  expect(await rows('select current_user, nvl(null, 1)', undefined, anna)).toEqual([['anna', 1]]);
  expect(await failure('select * from secrets', undefined, anna)).toMatchObject({ code: '42501' });
  expect(await rows('select count(*) > 0 from svv_tables', undefined, anna)).toEqual([[true]]);
  expect(await failure('select * from _redshift_data.statements', undefined, anna)).toMatchObject({ code: '3F000' });
  await client.query('grant select on secrets to anna');
  expect(await rows('select count(*) from secrets', undefined, anna)).toEqual([['0']]);
  // her own: a table that COPY fills, views of both kinds
  await anna.query('create table hers (n integer, name varchar(5))');
  await anna.query("copy hers from 's3://lake/rows.csv' iam_role default csv");
  await anna.query('create view bound as select n from public.hers');
  await anna.query('create view late as select n from public.hers with no schema binding');
  await anna.query('alter table hers add column more integer');
  expect(await rows('select count(*) from late', undefined, anna)).toEqual([['2']]);
  await client.query('alter user anna password disable');
  await expect(wire.connect({ user: 'anna', password: 'Secret123' })).rejects.toThrow(/password authentication failed/);
});

test('a query is cancelled by its key', async () => {
  const slow = await wire.connect();
  const { processID, secretKey } = slow as pg.Client & { processID: number; secretKey: number };
  const numbers = Array.from({ length: 60 }, (_, n) => `select ${n} as n`).join(' union all ');
  const long = `with t as (${numbers}) select count(*) from t a, t b, t c, t d, t e, t f where a.n + b.n * c.n % 7 + d.n * e.n + f.n = -1`;
  const ended = failure(long, undefined, slow);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await cancelRequest(processID, secretKey);
  expect(await ended).toMatchObject({ code: '57014' });
  expect(await rows('select 1', undefined, slow)).toEqual([[1]]);
});

async function cancelRequest(pid: number, secret: number): Promise<void> {
  const bytes = Buffer.alloc(16);
  for (const [at, value] of [16, 80_877_102, pid, secret].entries()) bytes.writeInt32BE(value | 0, at * 4);
  await new Promise<void>((resolve) => {
    const socket = connect(wire.place.port, '127.0.0.1', () => socket.write(bytes));
    socket
      .on('close', () => resolve())
      .on('error', () => resolve())
      .resume();
  });
}

test('a session reports what Redshift reports', async () => {
  const parameters: Record<string, string> = {};
  const one = new pg.Client(wire.place);
  (one as unknown as { connection: NodeJS.EventEmitter }).connection.on(
    'parameterStatus',
    ({ parameterName, parameterValue }: Record<string, string>) => {
      parameters[String(parameterName)] = String(parameterValue);
    },
  );
  await one.connect();
  await one.end();
  expect(parameters).toMatchObject({ server_version: '8.0.2', session_authorization: 'awsuser' });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!hasOpenssl)('TLS where a certificate is given, and a refusal where none is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wire-'));
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '1', '-keyout', key, '-out', certificate];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject]);
  const tls = { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true });
  const server = await startRedshiftData({ postgres: wire.stack.postgres, s3: wire.stack.s3, wire: { tls } });
  const secure = { ...wire.place, port: server.wirePort ?? 0, ssl: { rejectUnauthorized: false } };
  const one = new pg.Client(secure);
  await one.connect();
  expect(await rows('select len($1)', ['abc'], one)).toEqual([[3]]);
  await one.end();
  await server.close();
  await expect(wire.connect({ ssl: { rejectUnauthorized: false } })).rejects.toThrow(/does not support SSL/);
});

test('a client that leaves ends what it runs', async () => {
  const gone = await wire.connect();
  const { processID } = gone as pg.Client & { processID: number };
  const numbers = Array.from({ length: 60 }, (_, n) => `select ${n} as n`).join(' union all ');
  gone
    .query(`with t as (${numbers}) select count(*) from t a, t b, t c, t d, t e, t f where a.n + f.n = -1`)
    .catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));
  (gone as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  const admin = new pg.Client({ ...wire.stack.postgres, database: 'postgres' });
  await admin.connect();
  const isThere = async () =>
    (await admin.query('select 1 from pg_stat_activity where pid = $1', [processID])).rowCount;
  await expect.poll(isThere, { timeout: 10_000 }).toBe(0);
  await admin.end();
});

test('a database that does not exist', async () => {
  await expect(wire.connect({ database: 'nowhere' })).rejects.toThrow(/"nowhere" does not exist/);
});

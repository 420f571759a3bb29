import { afterAll, beforeAll, expect, test } from 'vitest';
import { redshiftData, type RedshiftData } from '../support/redshift-data.js';

let data: RedshiftData;
beforeAll(async () => {
  data = await redshiftData();
  for (const [name, level] of [
    ['skew_snapshot', 'SNAPSHOT'],
    ['skew_serializable', 'SERIALIZABLE'],
  ]) {
    await data.ok(`create database ${name} isolation level ${level}`);
    await data.ok(['create table numbers (digits int)', 'insert into numbers values (0), (1)'], { Database: name });
  }
}, 60_000);
afterAll(() => data?.close());

/** the swap of AWS's page on CREATE DATABASE: each changes rows that the other has read; how the second one ends */
async function swap(Database: string) {
  const first = await data.ok('begin', { Database, SessionKeepAliveSeconds: 60 });
  const second = await data.ok('begin', { Database, SessionKeepAliveSeconds: 60 });
  const by = (session: typeof first) => (sql: string) => data.run(sql, { SessionId: session.SessionId });
  for (const user of [first, second]) await by(user)('select * from numbers');
  await by(first)('update numbers set digits = 0 where digits = 1');
  await by(second)('update numbers set digits = 1 where digits = 0');
  const done = await by(first)('commit');
  expect(done.Status).toBe('FINISHED');
  return by(second)('commit');
}

test('under SNAPSHOT two transactions may each change what the other read', async () => {
  expect((await swap('skew_snapshot')).Status).toBe('FINISHED');
  expect(await data.rows('select digits from numbers order by 1', { Database: 'skew_snapshot' })).toEqual([[0], [1]]);
});

test('under SERIALIZABLE the second of them is a violation, error 1023', async () => {
  const done = await swap('skew_serializable');
  expect(done.Status).toBe('FAILED');
  expect(done.Error).toContain('1023');
  expect(done.Error).toContain('Serializable isolation violation on table');
  expect(await data.rows('select digits from numbers', { Database: 'skew_serializable' })).toEqual([[0], [0]]);
});

test('tables that are made side by side conflict with nothing', async () => {
  const Database = 'skew_serializable';
  const made = [0, 1, 2, 3, 4, 5].map((at) =>
    data.run([`create table side_${at} (a int) distkey (a) sortkey (a)`, `insert into side_${at} values (1)`], {
      Database,
    }),
  );
  expect((await Promise.all(made)).map(({ Error }) => Error)).toEqual(made.map(() => undefined));
});

test('a database that others are connected to keeps its level', async () => {
  const held = await data.ok('select 1', { Database: 'skew_snapshot', SessionKeepAliveSeconds: 60 });
  const done = await data.run('alter database skew_snapshot isolation level serializable');
  expect(done.Error).toMatch(/while other users are connected/);
  expect(held.Status).toBe('FINISHED');
});

test.each(['skew_snapshot', 'skew_serializable'])(
  '%s: two transactions at once make tables that have a column of the same long name',
  async (Database) => {
    const column = `long_${'o'.repeat(100)}`;
    const first = await data.ok('begin', { Database, SessionKeepAliveSeconds: 60 });
    const second = await data.ok('begin', { Database, SessionKeepAliveSeconds: 60 });
    const by = (session: typeof first) => (sql: string) => data.ok(sql, { SessionId: session.SessionId });
    await by(second)('select * from numbers');
    await by(first)(`create table of_first (${column} int)`);
    await by(first)('commit');
    await by(second)(`create table of_second (${column} int)`);
    await by(second)('commit');
    const named = `select table_name from svv_columns where column_name = '${column}' order by 1`;
    expect(await data.rows(named, { Database })).toEqual([['of_first'], ['of_second']]);
  },
);

test.each(['skew_snapshot', 'skew_serializable'])(
  '%s: two open transactions make and look for the same long name, and neither waits or fails',
  async (Database) => {
    const column = `open_${'o'.repeat(100)}`;
    const first = await data.ok('begin', { Database, SessionKeepAliveSeconds: 60 });
    const second = await data.ok('begin', { Database, SessionKeepAliveSeconds: 60 });
    const by = (session: typeof first) => (sql: string) => data.ok(sql, { SessionId: session.SessionId });
    const named = `select table_name from svv_columns where column_name = '${column}' order by 1`;
    for (const [at, user] of [first, second].entries()) {
      await by(user)(named);
      await by(user)(`create table open_${at} (${column} int)`);
      expect(await data.rows(named, { SessionId: user.SessionId })).toEqual([[`open_${at}`]]);
    }
    await by(first)('commit');
    await by(second)('commit');
    expect(await data.rows(named, { Database })).toEqual([['open_0'], ['open_1']]);
  },
);

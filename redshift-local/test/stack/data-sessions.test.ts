import {
  CancelStatementCommand,
  ExecuteStatementCommand,
  ListSessionsCommand,
  type ListSessionsCommandInput,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redshiftData, type RedshiftData } from '../support/redshift-data.js';

let data: RedshiftData;
beforeAll(async () => {
  data = await redshiftData();
});
afterAll(() => data?.close());

async function open(SessionKeepAliveSeconds = 60, sql = 'select 1'): Promise<string> {
  const { SessionId } = await data.submit(sql, { SessionKeepAliveSeconds, WaitTimeSeconds: 20 });
  if (!SessionId) throw new Error('no session');
  return SessionId;
}
const inSession = (SessionId: string, sql: string | string[], more: object = {}) =>
  data.run(sql, { SessionId, ...more });
const list = async (asked: Partial<ListSessionsCommandInput>) =>
  (await data.client.send(new ListSessionsCommand(asked))).Sessions ?? [];
const statusOf = async (SessionId: string) => (await list({ SessionId }))[0]?.Status;

test('temporary tables and settings live as long as the session', async () => {
  const SessionId = await open(60, 'create temp table kept (n integer)');
  const done = await inSession(SessionId, ['insert into kept values (1), (2)', "set query_group to 'night'"]);
  expect(done).toMatchObject({ Status: 'FINISHED', SessionId });
  expect(await data.rows('select sum(n) from kept', { SessionId })).toEqual([[3]]);
  expect(await data.rows('show query_group', { SessionId })).toEqual([['night']]);
  expect((await data.run('select * from kept')).Error).toMatch(/"kept" does not exist/);
  expect(await data.rows('show query_group')).toEqual([['unset']]);
});

test('search_path of a session finds tables, and Redshift functions', async () => {
  await data.ok(['create schema deep', 'create table deep.below (n integer)']);
  const SessionId = await open(60, 'set search_path to deep');
  expect(
    await data.rows('select count(*), len(:a) from below', { SessionId, Parameters: [{ name: 'a', value: 'abc' }] }),
  ).toEqual([[0, 3]]);
  expect(await data.rows('show search_path', { SessionId })).toEqual([['deep']]);
});

test('a transaction spans statements, and a failure aborts it', async () => {
  await data.ok('create table spans (n integer)');
  const SessionId = await open(60, 'begin');
  await inSession(SessionId, 'insert into spans values (1)');
  expect(await data.rows('select count(*) from spans')).toEqual([[0]]);
  expect((await inSession(SessionId, 'commit')).Status).toBe('FINISHED');
  expect(await data.rows('select count(*) from spans')).toEqual([[1]]);

  await inSession(SessionId, 'begin');
  await inSession(SessionId, 'insert into spans values (2)');
  expect((await inSession(SessionId, 'select 1/0')).Status).toBe('FAILED');
  expect((await inSession(SessionId, 'select 1')).Error).toMatch(/current transaction is aborted/);
  await inSession(SessionId, 'rollback');
  expect(await data.rows('select count(*) from spans', { SessionId })).toEqual([[1]]);
});

test('a busy session refuses, and is free after a cancel', async () => {
  await data.faults([{ match: 'long', fault: 'slow', seconds: 60 }]);
  const SessionId = await open();
  const { Id } = await data.submit('select 1', { SessionId, StatementName: 'long', WaitTimeSeconds: 1 });
  await expect(inSession(SessionId, 'select 2')).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(/^Session is not available/),
  });
  expect((await list({ SessionId }))[0]).toMatchObject({ Status: 'BUSY', CurrentStatementId: Id });
  await data.client.send(new CancelStatementCommand({ Id }));
  expect((await data.ended(Id)).Status).toBe('ABORTED');
  await expect.poll(() => statusOf(SessionId)).toBe('AVAILABLE');
  expect((await inSession(SessionId, 'select 2')).Status).toBe('FINISHED');
});

test('a session ends when nobody used it for its time', async () => {
  const SessionId = await open(3, 'create temp table short (n integer)');
  expect((await list({ SessionId }))[0]).toMatchObject({ Status: 'AVAILABLE', SessionAliveSeconds: 3 });
  await expect.poll(() => statusOf(SessionId)).toBe('CLOSED');
  await expect(inSession(SessionId, 'select 1')).rejects.toThrow(/^Session is not available$/);
  expect((await list({})).map((one) => one.SessionId)).not.toContain(SessionId);
  expect((await list({ Status: 'CLOSED' })).map((one) => one.SessionId)).toContain(SessionId);
});

test('a later statement changes how long the session lives on', async () => {
  const SessionId = await open(60);
  await inSession(SessionId, 'select 1', { SessionKeepAliveSeconds: 0 });
  await expect.poll(() => statusOf(SessionId)).toBe('CLOSED');
});

test('a session that was never there is invalid', async () => {
  const SessionId = '00000000-0000-0000-0000-000000000000';
  await expect(inSession(SessionId, 'select 1')).rejects.toThrow(`Session with Id: ${SessionId} is invalid`);
  await expect(list({ SessionId })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a session knows its database: naming one is refused', async () => {
  const SessionId = await open();
  await expect(
    data.client.send(new ExecuteStatementCommand({ SessionId, Sql: 'select 1', Database: 'postgres' })),
  ).rejects.toThrow(/SessionId cannot be given together with Database/);
});

test('a connection that is lost ends the session', async () => {
  const SessionId = await open();
  await data.faults([{ match: 'cut', fault: 'disconnect', step: 1 }]);
  const done = await inSession(SessionId, 'select 1', { StatementName: 'cut' });
  expect(done).toMatchObject({ Status: 'FAILED', Error: expect.stringContaining('connection lost') });
  expect(await statusOf(SessionId)).toBe('CLOSED');
});

test('sessions of a server that ended are closed', async () => {
  const other = await data.start();
  const by = data.connect(other.url);
  const { SessionId } = await data.submit('select 1', { SessionKeepAliveSeconds: 60, WaitTimeSeconds: 20 }, by);
  expect((await list({ SessionId }))[0]?.Status).toBe('AVAILABLE');
  await expect(inSession(SessionId ?? '', 'select 1')).rejects.toThrow(/not available/);
  await other.close();
  expect((await list({ SessionId }))[0]?.Status).toBe('CLOSED');
});

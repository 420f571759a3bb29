import {
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startRedshiftData } from '../../server.js';
import { redshiftCases, type RedshiftCase } from '../support/redshift-cases.js';
import { finished, resultOf } from '../support/redshift-answers.js';
import { redshiftDataStack } from '../support/redshift-data-stack.js';

/** with WATERCLOCK_CASES_WORKGROUP or _CLUSTER the same cases are asked of a real Redshift, by the machine's AWS credentials */
const real = process.env['WATERCLOCK_CASES_WORKGROUP'] ?? process.env['WATERCLOCK_CASES_CLUSTER'];
/** address of a redshift-local that runs already, of its keys and region by default */
const running = process.env['REDSHIFT_LOCAL_URL'];
const place = {
  Database: process.env['WATERCLOCK_CASES_DATABASE'] ?? (real || running ? 'dev' : 'postgres'),
  ...(process.env['WATERCLOCK_CASES_CLUSTER'] && !process.env['WATERCLOCK_CASES_WORKGROUP']
    ? { ClusterIdentifier: real, DbUser: process.env['WATERCLOCK_CASES_DB_USER'] }
    : { WorkgroupName: real ?? 'local' }),
};

let client: RedshiftDataClient;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  if (real) {
    client = new RedshiftDataClient({});
    return;
  }
  client = new RedshiftDataClient({
    endpoint: running ?? (await startOwn()),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'localsecret' },
  });
});

afterAll(async () => {
  client?.destroy();
  for (const close of closers.reverse()) await close();
});

async function startOwn(): Promise<string> {
  const stack = await redshiftDataStack(inject('stack').tools.rclone);
  closers.push(() => stack.close());
  const server = await startRedshiftData({ postgres: stack.postgres, s3: stack.s3 });
  closers.push(() => server.close());
  return server.url;
}

async function ask(asked: string | string[]) {
  const named = (text: string) => text.replaceAll('{database}', place.Database);
  const sql = typeof asked === 'string' ? named(asked) : asked.map(named);
  const answer =
    typeof sql === 'string'
      ? await client.send(new ExecuteStatementCommand({ ...place, Sql: sql, WaitTimeSeconds: 20 }))
      : await client.send(new BatchExecuteStatementCommand({ ...place, Sqls: sql, WaitTimeSeconds: 20 }));
  return finished(client, answer.Id ?? '');
}

async function check({ sql, rows, types, names, refused, error }: RedshiftCase): Promise<void> {
  const done = await ask(sql);
  if (refused !== undefined && !real) {
    expect(done.Error).toContain(`[rule: ${refused}]`);
    expect(done.Error?.length).toBeGreaterThan(refused.length + 30);
  } else if (refused !== undefined) expect(done.Status).toBe('FAILED');
  else if (error !== undefined) expect(done.Error).toMatch(new RegExp(error, 'i'));
  else {
    expect(done.Error).toBeUndefined();
    const id = typeof sql === 'string' ? done.Id : `${done.Id}:${sql.length}`;
    if (!rows && !names) return;
    const result = await resultOf(client, id ?? '');
    if (names) expect(result.names).toEqual(names);
    if (!rows) return;
    expect(result.rows).toEqual(
      rows.map((row) => row.map((value) => (value === '{database}' ? place.Database : value))),
    );
    if (types) expect(result.types).toEqual(types);
  }
}

describe.each(redshiftCases())('$title', ({ setup, cases }) => {
  beforeAll(async () => {
    for (const sql of ['drop schema if exists cases cascade', 'create schema cases', ...setup]) {
      const done = await ask(sql);
      if (done.Error !== undefined) throw new Error(`${sql}: ${done.Error}`);
    }
  });

  // what only this service refuses, or answers otherwise, is no question to the real one
  const asked = cases.filter((item) => !real || (item.here === undefined && item.differs === undefined));
  test.each(asked.map((item) => [String(item.sql), item] as const))('%s', (_, item) => check(item));
});

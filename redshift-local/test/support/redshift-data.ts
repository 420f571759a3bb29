import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
  type BatchExecuteStatementCommandInput,
  type ExecuteStatementCommandInput,
} from '@aws-sdk/client-redshift-data';
import { inject } from 'vitest';
import type { faultList } from '../../faults.js';
import { startRedshiftData, type RedshiftDataOptions } from '../../server.js';
import type { z } from 'zod';
import { redshiftDataStack } from './redshift-data-stack.js';

export const place = { WorkgroupName: 'local', Database: 'postgres' };
type More = Partial<ExecuteStatementCommandInput> & Partial<BatchExecuteStatementCommandInput>;
export type Faults = z.input<typeof faultList>;

/** a server on a PostgreSQL of the test file's own, and the SDK's client of it */
export async function redshiftData(options: Partial<RedshiftDataOptions> = {}, rclone = inject('stack').tools.rclone) {
  const stack = await redshiftDataStack(rclone);
  const start = (more: Partial<RedshiftDataOptions> = {}) =>
    startRedshiftData({ postgres: stack.postgres, s3: stack.s3, faults: true, ...options, ...more });
  const server = await start();
  const clients: RedshiftDataClient[] = [];

  function connect(url = server.url, accessKeyId = 'local', secretAccessKey = 'localsecret', region = 'us-east-1') {
    const made = new RedshiftDataClient({
      endpoint: url,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });
    clients.push(made);
    return made;
  }
  const client = connect();

  const submit = (sql: string | string[], more: More = {}, by = client) => {
    const where = more.SessionId ? {} : place;
    return typeof sql === 'string'
      ? by.send(new ExecuteStatementCommand({ ...where, ...more, Sql: sql }))
      : by.send(new BatchExecuteStatementCommand({ ...where, ...more, Sqls: sql }));
  };
  const ended = (Id: string | undefined, by = client) =>
    by.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 20 }));
  const run = async (sql: string | string[], more: More = {}, by = client) =>
    ended((await submit(sql, more, by)).Id, by);

  async function ok(sql: string | string[], more: More = {}) {
    const done = await run(sql, more);
    if (done.Status !== 'FINISHED') throw new Error(`${done.Status}: ${done.Error}`);
    return done;
  }

  async function rows(sql: string, more: More = {}): Promise<unknown[][]> {
    const { Id } = await ok(sql, more);
    const found: unknown[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new GetStatementResultCommand({ Id, NextToken }));
      for (const record of page.Records ?? [])
        found.push(record.map((field) => (field.isNull ? null : Object.values(field)[0])));
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  }

  async function faults(list: Faults, url = server.url): Promise<void> {
    const answer = await fetch(`${url}/faults`, { method: 'PUT', body: JSON.stringify(list) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  return {
    stack,
    server,
    start,
    client,
    connect,
    submit,
    ended,
    run,
    ok,
    rows,
    faults,
    async close(): Promise<void> {
      for (const one of clients) one.destroy();
      await server.close();
      await stack.close();
    },
  };
}

export type RedshiftData = Awaited<ReturnType<typeof redshiftData>>;

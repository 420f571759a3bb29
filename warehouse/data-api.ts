import { createHash } from 'node:crypto';
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  RedshiftDataClient,
  type DescribeStatementCommandOutput,
  type ExecuteStatementCommandOutput,
  type Field,
} from '@aws-sdk/client-redshift-data';
import { TerminalError, TransientError, workerEnds } from '../model/errors.js';
import type { Settings } from '../model/settings.js';

export type Value = string | number | boolean | bigint | null;
export type Row = Record<string, Value>;

export interface Warehouse {
  /** rows of one SELECT; parameters are bound by `:name`, as text */
  query(sql: string, parameters?: Record<string, string>): Promise<Row[]>;
  /** one transaction; with a name it takes effect once, however often it is called with that name */
  execute(statements: string[], options?: { name?: string }): Promise<void>;
}

export interface Watch {
  /** called with the statement's id when it is submitted, and while it runs */
  progress?: (statementId: string) => void;
  /** cancels the running statement and waits for its end; leaves it running if only this worker ends */
  signal?: AbortSignal;
}

/** seconds a request may wait for its statement: half of what AWS allows, well under the heartbeat timeout */
const longPoll = 5;

const transient =
  /\b(1018|1023|40001|57P0\d)\b|serializ|deadlock|could not obtain lock|connection|terminating|paused|maintenance|throttl|timeout expired|already exists|concurrent/i;

/** keeps its connections: one for all that a process asks */
export function redshiftClient(): RedshiftDataClient {
  return new RedshiftDataClient({ maxAttempts: 5, retryMode: 'adaptive' });
}

export function dataApi(
  settings: Settings['redshift'],
  watch: Watch = {},
  client: RedshiftDataClient = redshiftClient(),
): Warehouse {
  const target = {
    Database: settings.database,
    ...(settings.workgroup && { WorkgroupName: settings.workgroup }),
    ...(settings.cluster && { ClusterIdentifier: settings.cluster }),
    ...(settings.dbUser && { DbUser: settings.dbUser }),
    ...(settings.secretArn && { SecretArn: settings.secretArn }),
  };

  /** waits for the end; a statement that finished within its first wait needs no other request */
  async function finished({ Id: id, Status, HasResultSet }: Submitted): Promise<Ended> {
    if (!id) throw new TransientError('the Data API answered without a statement id');
    if (Status === 'FINISHED') return { Id: id, Status, HasResultSet };
    for (;;) {
      if (watch.signal?.aborted) return cancel(id, watch.signal);
      watch.progress?.(id);
      const seen = await client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: longPoll }));
      if (seen.Status === 'FINISHED' || seen.Status === 'FAILED' || seen.Status === 'ABORTED') return seen;
    }
  }

  async function cancel(id: string, signal: AbortSignal): Promise<never> {
    // who tries again finds the statement by its name, and waits for it
    if ((signal.reason as Error).message === workerEnds) throw signal.reason;
    // a statement that ended meanwhile refuses the cancel
    await client.send(new CancelStatementCommand({ Id: id })).catch(() => undefined);
    for (let status: string | undefined; status !== 'FINISHED' && status !== 'FAILED' && status !== 'ABORTED';) {
      status = (await client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: longPoll }))).Status;
    }
    throw signal.reason;
  }

  /** how many statements of this name are known to have failed: a new token for each, since a token answers with its statement for ever */
  async function failures(name: string): Promise<number> {
    let count = 0;
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListStatementsCommand({ StatementName: name, Status: 'ALL', RoleLevel: true, NextToken: token }),
      );
      for (const statement of page.Statements ?? []) {
        const isSame = statement.StatementName === name;
        if (isSame && (statement.Status === 'FAILED' || statement.Status === 'ABORTED')) count++;
      }
      token = page.NextToken;
    } while (token);
    return count;
  }

  async function submit(statements: string[], name?: string, k = 0): Promise<Ended> {
    const common = {
      ...target,
      WaitTimeSeconds: longPoll,
      ...(name && { StatementName: name, ClientToken: createHash('sha256').update(`${name}#${k}`).digest('hex') }),
    };
    const [only, ...more] = statements;
    const answer =
      only && more.length === 0
        ? await client.send(new ExecuteStatementCommand({ ...common, Sql: only }))
        : await client.send(new BatchExecuteStatementCommand({ ...common, Sqls: statements }));
    return finished(answer);
  }

  return {
    async query(sql, parameters = {}) {
      const bound = Object.entries(parameters).map(([name, value]) => ({ name, value }));
      const submitted = await client.send(
        new ExecuteStatementCommand({
          ...target,
          Sql: sql,
          WaitTimeSeconds: longPoll,
          ...(bound.length > 0 && { Parameters: bound }),
        }),
      );
      const done = await finished(submitted);
      if (done.Status !== 'FINISHED') throw failure(done);
      return done.HasResultSet ? rows(client, done.Id ?? '') : [];
    },
    async execute(statements, { name } = {}) {
      let done = await submit(statements, name);
      // an earlier attempt's failure answers to the first token
      const again = name && done.Status !== 'FINISHED' && transient.test(done.Error ?? '') && (await failures(name));
      if (again) done = await submit(statements, name, again);
      if (done.Status !== 'FINISHED') throw failure(done);
    },
  };
}

type Submitted = Pick<ExecuteStatementCommandOutput, 'Id' | 'Status' | 'HasResultSet'>;
type Ended = Pick<
  DescribeStatementCommandOutput,
  'Id' | 'Status' | 'HasResultSet' | 'Error' | 'QueryString' | 'SubStatements'
>;

function failure({ Id, Status, Error: reason, QueryString, SubStatements }: Ended): Error {
  const failed = SubStatements?.find((statement) => statement.Status === 'FAILED');
  const sql = (failed?.QueryString ?? QueryString ?? '').replace(/\s+/g, ' ').slice(0, 300);
  const message = `the warehouse answered ${Status}: ${reason ?? failed?.Error ?? 'no reason given'} (statement ${Id}: ${sql})`;
  return Status === 'ABORTED' || transient.test(reason ?? '')
    ? new TransientError(message)
    : new TerminalError('WarehouseRejected', message);
}

async function rows(client: RedshiftDataClient, id: string): Promise<Row[]> {
  const found: Row[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new GetStatementResultCommand({ Id: id, NextToken: token }));
    const names = (page.ColumnMetadata ?? []).map((column) => column.label ?? column.name ?? '');
    const numeric = (page.ColumnMetadata ?? []).map((column) => column.typeName === 'numeric');
    for (const record of page.Records ?? []) {
      found.push(
        Object.fromEntries(record.map((field, at) => [names[at] ?? '', valueOf(field, numeric[at] ?? false)])),
      );
    }
    token = page.NextToken;
  } while (token);
  return found;
}

/** numeric comes as text; it becomes a number where that loses nothing */
function valueOf(field: Field, isNumeric: boolean): Value {
  if (field.isNull) return null;
  const value = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue;
  if (isNumeric && typeof value === 'string' && String(Number(value)) === value) return Number(value);
  return value ?? (field.blobValue ? Buffer.from(field.blobValue).toString('base64') : null);
}

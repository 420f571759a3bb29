import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  ListStatementsCommand,
  type BatchExecuteStatementCommandInput,
  type ExecuteStatementCommandOutput,
  type RedshiftDataClient,
  type StatementData,
} from '@aws-sdk/client-redshift-data';
import { TerminalError, TransientError, triedElsewhere } from '../model/errors.js';
import { requestFailure, type Ended } from './failure.js';

export type Listed = Pick<StatementData, 'Id' | 'StatementName' | 'Status'>;

export interface Watch {
  /** called when a statement is submitted, and while it runs */
  progress?: (statement: Submission) => void;
  /** called for each page of a list of statements */
  listing?: () => void;
  /** cancels the running statement and waits for its end; one that is tried elsewhere is left to who finds it by its name */
  signal?: AbortSignal;
  /** what the attempt before this one told last */
  resume?: Submission;
  /** a first attempt: its named statements are looked for once one has failed, where no other run works on what they change */
  isFirst?: boolean;
}

/** what a retry needs to find a statement again; only named ones are told of by their names */
export interface Submission {
  id: string;
  name?: string;
}

/** seconds that a request waits for its statement, AWS allows 30: the first only for short ones, since its answer tells the id */
const firstPoll = 2;
const longPoll = 10;
/** ms for which Describe may fail */
const deafFor = 60_000;
const maxBytes = 100 * 1024;
const maxBatch = 40;

type Answer = Pick<ExecuteStatementCommandOutput, 'Id' | 'Status' | 'HasResultSet'>;

type Place = Pick<
  BatchExecuteStatementCommandInput,
  'Database' | 'WorkgroupName' | 'ClusterIdentifier' | 'DbUser' | 'SecretArn'
>;
export type Labels = Pick<BatchExecuteStatementCommandInput, 'StatementName' | 'ClientToken'>;

export const isEnd = (status: string | undefined) =>
  status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';

/** statements of the Data API, from their submission to their end */
export function statementsOf(client: RedshiftDataClient, place: Place, watch: Watch) {
  /** a request whose answer is lost is sent again with its token, which answers with the same statement */
  async function submit(sqls: string[], bound: Record<string, string> = {}, labels: Labels = {}): Promise<Ended> {
    checkLimits(sqls);
    if (watch.signal?.aborted) throw watch.signal.reason;
    const parameters = Object.entries(bound).map(([name, value]) => ({ name, value }));
    const common = {
      ...place,
      ...labels,
      WaitTimeSeconds: firstPoll,
      ...(parameters.length > 0 && { Parameters: parameters }),
    };
    const [only = '', ...more] = sqls;
    const sent =
      more.length === 0
        ? client.send(new ExecuteStatementCommand({ ...common, Sql: only }))
        : client.send(new BatchExecuteStatementCommand({ ...common, Sqls: sqls }));
    const answer: Answer = await sent.catch((error: unknown) => Promise.reject(requestFailure(error)));
    const { Id: id, Status, HasResultSet } = answer;
    if (!id) throw new TransientError('the Data API answered without a statement id');
    if (Status === 'FINISHED') return { Id: id, Status, HasResultSet };
    return ended({ id, ...(labels.StatementName && { name: labels.StatementName }) });
  }

  /** waits for the end, in requests that wait themselves; cancels if told to */
  async function ended(statement: Submission): Promise<Ended> {
    const ask = patientDescribe();
    for (;;) {
      if (watch.signal?.aborted) {
        const { reason } = watch.signal;
        if (!(reason instanceof Error && triedElsewhere.includes(reason.message))) await ending(statement.id, 0);
        throw reason;
      }
      watch.progress?.(statement);
      const seen = await ask(statement.id, longPoll, watch.signal);
      if (seen && isEnd(seen.Status)) return seen;
    }
  }

  /** waits for the end, whatever it is; `patience` ms later the statement is cancelled */
  async function ending(id: string, patience: number): Promise<void> {
    const ask = patientDescribe();
    const until = Date.now() + patience;
    for (let isCancelled = false; ;) {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left <= 0 && !isCancelled) {
        // one that ended meanwhile refuses it
        await client.send(new CancelStatementCommand({ Id: id })).catch(() => undefined);
        isCancelled = true;
      }
      watch.progress?.({ id });
      const seen = await ask(id, isCancelled ? longPoll : Math.min(longPoll, left));
      if (seen && isEnd(seen.Status)) return;
    }
  }

  /** a Describe that fails says nothing of its statement: undefined, until it has failed for a minute */
  function patientDescribe() {
    let heard = Date.now();
    let failures = 0;
    return async (id: string, seconds: number, abortSignal?: AbortSignal): Promise<Ended | undefined> => {
      try {
        const command = new DescribeStatementCommand({ Id: id, WaitTimeSeconds: seconds });
        const seen = await client.send(command, abortSignal ? { abortSignal } : {});
        heard = Date.now();
        failures = 0;
        return seen;
      } catch (error) {
        if (abortSignal?.aborted) return undefined;
        const failure = requestFailure(error);
        if (failure instanceof TerminalError || Date.now() - heard > deafFor) throw failure;
        await sleep(Math.min(10_000, 250 * 2 ** failures++));
        return undefined;
      }
    };
  }

  /** of the last 24 hours, whose names begin so, of whoever works under this role */
  async function list(prefix: string): Promise<Listed[]> {
    const found: Listed[] = [];
    let token: string | undefined;
    do {
      const page = await client
        .send(new ListStatementsCommand({ StatementName: prefix, Status: 'ALL', RoleLevel: true, NextToken: token }))
        .catch((error: unknown) => Promise.reject(requestFailure(error)));
      found.push(...(page.Statements ?? []).filter(({ StatementName: name }) => name?.startsWith(prefix)));
      token = page.NextToken;
      watch.listing?.();
    } while (token);
    return found;
  }

  return { submit, ended, ending, list };
}

export type Statements = ReturnType<typeof statementsOf>;

function checkLimits(sqls: string[]): void {
  const long = sqls.find((sql) => Buffer.byteLength(sql) > maxBytes);
  if (long)
    throw new TerminalError(
      'InvalidDefinition',
      `a statement of ${Buffer.byteLength(long)} bytes is more than the ${maxBytes} that Redshift takes: give the entity fewer columns or shorter names (${long.slice(0, 80)}...)`,
    );
  if (sqls.length > maxBatch)
    throw new Error(`a batch of ${sqls.length} statements is more than the ${maxBatch} that Redshift takes`);
}

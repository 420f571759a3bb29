import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { prepareCommands } from './commands.js';
import type { Objects } from './copy/objects.js';
import { ActiveStatementsExceededException, ValidationException } from './errors.js';
import { runStatement } from './execute.js';
import { redshiftMessage } from './pg-errors.js';
import type { Postgres } from './postgres.js';
import { checkParameters, type Parameter } from './sql/parameters.js';
import { planStatement, type Planned } from './sql/plan-statement.js';
import { Refusal } from './sql/refusal.js';
import { splitStatements, tokenize, type Token } from './sql/tokens.js';
import { isEnd, type StatementRecord, type StatementStore, type SubRecord } from './store.js';

/** AWS allows 500 active statements; this many run at a time, the others wait as SUBMITTED */
const maxActive = 500;

export interface Submission {
  sqls: string[];
  isBatch: boolean;
  parameters: Parameter[];
  database: string;
  name: string;
  principal: string;
  token?: string | undefined;
  workgroup?: string | undefined;
  cluster?: string | undefined;
  dbUser?: string | undefined;
  secretArn?: string | undefined;
}

interface Live {
  record: StatementRecord;
  cancelled: boolean;
  committing: boolean;
  client?: pg.Client;
  ended: Promise<void>;
}

const seconds = () => Date.now() / 1000;

export function statementService(postgres: Postgres, objects: Objects, store: StatementStore, maxRunning: number) {
  const live = new Map<string, Live>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function slot(): Promise<void> {
    if (running >= maxRunning) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
  }
  function freeSlot(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  async function submit(request: Submission): Promise<StatementRecord> {
    const tokens = request.sqls.map(lex);
    checkParameters(
      request.parameters,
      tokens.flatMap((item) => (item instanceof Error ? [] : [item])),
    );
    if (!request.isBatch || request.sqls.length > 0) checkSingle(tokens, request.isBatch);
    const now = seconds();
    const record: StatementRecord = {
      id: randomUUID(),
      name: request.name,
      principal: request.principal,
      hash: hashOf(request),
      database: request.database,
      dbUser: request.dbUser ?? 'IAMR:local',
      isBatch: request.isBatch,
      parameters: request.parameters,
      status: 'SUBMITTED',
      createdAt: now,
      updatedAt: now,
      duration: 0,
      pid: 0,
      subs: request.sqls.map((sql): SubRecord => ({
        sql,
        status: 'SUBMITTED',
        updatedAt: now,
        duration: 0,
        rows: -1,
        size: -1,
      })),
      ...(request.token && { token: request.token }),
      ...(request.workgroup && { workgroup: request.workgroup }),
      ...(request.cluster && { cluster: request.cluster }),
      ...(request.secretArn && { secretArn: request.secretArn }),
    };
    if (live.size >= maxActive) throw ActiveStatementsExceededException(maxActive);
    const stands = await store.add(record);
    if (stands.hash !== record.hash)
      throw ValidationException('ClientToken was used before with other parameters or another statement');
    if (stands.id !== record.id) return stands;
    const entry: Live = { record, cancelled: false, committing: false, ended: Promise.resolve() };
    live.set(record.id, entry);
    entry.ended = run(entry, tokens).finally(() => live.delete(record.id));
    // its own failure to be stored is told by Describe, which asks the store
    entry.ended.catch((error: unknown) => console.error(`statement ${record.id}: ${String(error)}`));
    return record;
  }

  async function run(entry: Live, tokens: (Token[] | Error)[]): Promise<void> {
    const { record } = entry;
    const pages: string[][] = record.subs.map(() => []);
    const started = process.hrtime.bigint();
    await slot();
    try {
      await runPlans(entry, planAll(record, tokens), pages, started);
    } catch (error) {
      fail(entry, error);
      for (const list of pages) list.length = 0;
    } finally {
      freeSlot();
      await entry.client?.end().catch(() => undefined);
    }
    record.duration = Number(process.hrtime.bigint() - started);
    record.updatedAt = seconds();
    await store.save(record, pages);
  }

  async function runPlans(entry: Live, plans: Planned[], pages: string[][], started: bigint): Promise<void> {
    const { record } = entry;
    record.status = 'PICKED';
    const check = () => {
      if (entry.cancelled) throw new Error('Query cancelled on user request');
    };
    check();
    const client = await postgres.session(record.database, `statement ${record.id}`);
    entry.client = client;
    record.pid = (client as pg.Client & { processID?: number }).processID ?? 0;
    record.status = 'STARTED';
    record.updatedAt = seconds();
    const inTransaction = plans.every(({ kind }) => kind !== 'maintenance' && kind !== 'control');
    const outside = () => postgres.session(record.database, `outside of ${record.id}`);
    const context = { client, objects, check, outside, queryId: record.pid };
    await prepareCommands(context, plans);
    // nothing between BEGIN and the first statement: a LOCK must come before the snapshot
    if (inTransaction) await client.query('begin isolation level repeatable read');
    for (const [at, plan] of plans.entries()) {
      const sub = record.subs[at];
      if (!sub) break;
      sub.status = 'STARTED';
      const begun = process.hrtime.bigint();
      const done = await runStatement(plan, context).finally(() => {
        sub.duration = Number(process.hrtime.bigint() - begun);
        sub.updatedAt = seconds();
      });
      Object.assign(sub, {
        status: 'FINISHED',
        rows: done.rows,
        size: done.size,
        ...(done.columns && { columns: done.columns }),
      });
      pages[at] = done.pages;
    }
    check();
    record.duration = Number(process.hrtime.bigint() - started);
    record.updatedAt = seconds();
    if (inTransaction) {
      const finished = { ...record, status: 'FINISHED' };
      // committed with the work: what a restart asks when this process dies before it has stored the end
      if (plans.some(({ kind }) => kind !== 'query')) {
        await client.query('insert into _redshift_data.committed (id, body) values ($1, $2)', [
          record.id,
          JSON.stringify(finished),
        ]);
      }
      entry.committing = true;
      await client.query('commit');
    }
    record.status = 'FINISHED';
  }

  function fail({ record, cancelled }: Live, error: unknown): void {
    const message = redshiftMessage(error);
    record.status = cancelled ? 'ABORTED' : 'FAILED';
    const begun = record.subs.findIndex(({ status }) => status === 'STARTED');
    const at =
      begun >= 0
        ? begun
        : Math.max(
            0,
            record.subs.findIndex(({ status }) => status !== 'FINISHED'),
          );
    for (const [index, sub] of record.subs.entries()) {
      if (sub.status === 'FINISHED') continue;
      sub.status = index === at && !cancelled ? 'FAILED' : 'ABORTED';
      if (index === at) sub.error = message;
      delete sub.columns;
    }
    record.error = record.isBatch && !cancelled ? `Query #${at + 1} failed with ${message}` : message;
  }

  async function cancel(id: string, principal: string): Promise<boolean> {
    const entry = live.get(id);
    if (!entry || entry.record.principal !== principal) return false;
    if (entry.committing) return false;
    entry.cancelled = true;
    if (!entry.client) return true;
    const admin = await postgres.connect(entry.record.database);
    try {
      await admin.query('select pg_cancel_backend($1)', [entry.record.pid]);
    } finally {
      await admin.end();
    }
    return true;
  }

  async function find(id: string, principal: string, waitSeconds: number): Promise<StatementRecord | undefined> {
    const entry = live.get(id);
    if (entry && entry.record.principal === principal) {
      if (waitSeconds > 0) await waitFor(entry.ended, waitSeconds);
      // until it is stored, the end is not told
      if (live.has(id)) return isEnd(entry.record.status) ? { ...entry.record, status: 'STARTED' } : entry.record;
    }
    return store.find(id, principal);
  }

  return {
    submit,
    cancel,
    find,
    live: (principal: string) =>
      [...live.values()].flatMap(({ record }) => (record.principal === principal ? [record] : [])),
    async close(): Promise<void> {
      for (const { record } of live.values()) await cancel(record.id, record.principal).catch(() => false);
      await Promise.allSettled([...live.values()].map(({ ended }) => ended));
    },
  };
}

export type StatementService = ReturnType<typeof statementService>;

async function waitFor(ended: Promise<void>, limit: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, limit * 1000)));
  await Promise.race([ended.catch(() => undefined), timeout]);
  clearTimeout(timer);
}

/** a text that is no SQL fails when it runs, as it would there */
function lex(sql: string): Token[] | Error {
  try {
    return tokenize(sql);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function checkSingle(tokens: (Token[] | Error)[], isBatch: boolean): void {
  for (const [at, item] of tokens.entries()) {
    const count = item instanceof Error ? 1 : splitStatements(item).length;
    const which = isBatch ? ` (statement ${at + 1})` : '';
    if (count > 1) throw ValidationException(`Multiple sql statements are not allowed${which}.`);
    if (count === 0) throw ValidationException(`Sql must not be empty${which}.`);
  }
}

/** all of them before any runs: a refusal leaves nothing half-done */
function planAll(record: StatementRecord, tokens: (Token[] | Error)[]): Planned[] {
  return tokens.map((item, at) => {
    try {
      if (item instanceof Error) throw item;
      return planStatement(splitStatements(item)[0] ?? [], record.parameters, record.isBatch);
    } catch (error) {
      const sub = record.subs[at];
      if (sub) sub.status = 'STARTED';
      throw error;
    }
  });
}

function hashOf({ sqls, parameters, database, isBatch, workgroup, cluster }: Submission): string {
  return createHash('sha256')
    .update(JSON.stringify([sqls, parameters, database, isBatch, workgroup ?? cluster]))
    .digest('hex');
}

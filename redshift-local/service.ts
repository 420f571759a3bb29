import type pg from 'pg';
import type { Objects } from './copy/objects.js';
import { ActiveStatementsExceededException, ValidationException } from './errors.js';
import type { Faults } from './faults.js';
import { enter, type Postgres } from './postgres.js';
import { reusedConnections } from './reused-connections.js';
import type { Run } from './run.js';
import { runRecord } from './run-record.js';
import type { Sessions } from './sessions.js';
import { slots } from './slots.js';
import { connectionName, isEnd, type Caller, type StatementRecord } from './statement-record.js';
import type { StatementStore } from './store.js';
import type { UserDirectory } from './users.js';
import { lexAll, newRecord, type Lexed, type Submission } from './submission.js';

/** AWS allows 500 active statements; `maxRunning` run at a time, the others wait as SUBMITTED */
const maxActive = 500;
const maxSaves = 60;

export interface ServiceParts {
  postgres: Postgres;
  objects: Objects;
  store: StatementStore;
  sessions: Sessions;
  faults: Faults;
  users: UserDirectory;
  maxRunning: number;
}

export function statementService({ postgres, objects, store, sessions, faults, users, maxRunning }: ServiceParts) {
  const live = new Map<string, Run>();
  const running = slots(maxRunning);
  const connections = reusedConnections(async (database) => ({
    client: await postgres.session(database, 'redshift-data idle'),
  }));
  let isClosing = false;

  async function submit(request: Submission): Promise<StatementRecord> {
    const lexed = lexAll(request);
    const record = newRecord(request);
    const stands = await store.add(record);
    if (stands.hash !== record.hash)
      throw ValidationException('ClientToken was used before with other parameters or another statement');
    if (stands.id !== record.id) return stands;
    try {
      await admit(record, request);
    } catch (error) {
      await store.remove(record);
      throw error;
    }
    const run: Run = {
      record,
      cancelled: false,
      committing: false,
      ended: Promise.resolve(),
      fault: faults.ofRun(record.name),
    };
    live.set(record.id, run);
    run.ended = execute(run, lexed).finally(() => live.delete(record.id));
    // its own failure to be stored is told by Describe, which asks the store
    run.ended.catch((error: unknown) => console.error(`statement ${record.id}: ${String(error)}`));
    return record;
  }

  async function admit(record: StatementRecord, { caller, sessionId, keepAlive }: Submission): Promise<void> {
    if (live.size >= maxActive) throw ActiveStatementsExceededException(maxActive);
    if (sessionId) sessions.take(sessionId, keepAlive, record.id);
    else if (keepAlive) record.sessionId = await sessions.start(record, caller, keepAlive, record.id);
  }

  async function execute(run: Run, lexed: Lexed[]): Promise<void> {
    const { record } = run;
    const started = process.hrtime.bigint();
    let begun: Promise<void> = Promise.resolve();
    let mine: { client: pg.Client } | undefined;
    async function own(): Promise<pg.Client> {
      const signIn = users.signIn(record.dbUser);
      mine = await connections.take(record.database, connectionName(record));
      await enter(mine.client, signIn);
      return mine.client;
    }
    async function connect(): Promise<pg.Client> {
      const client = record.sessionId ? await sessions.connection(record.sessionId) : await own();
      // in the background, for other servers: it is seen before the end is
      begun = store.begun({ ...record, status: 'STARTED' }).catch(() => undefined);
      return client;
    }
    await running.take();
    record.status = 'PICKED';
    const pages = await runRecord(run, connect, lexed, postgres, objects, connections.lend);
    running.free();
    if (record.sessionId) await sessions.release(record.sessionId);
    else if (mine) await connections.give(record.database, mine, isAtRest(run, mine.client));
    record.duration = Number(process.hrtime.bigint() - started);
    await begun;
    await stored(record, pages);
  }

  /** PostgreSQL may be away for a moment: an end that is not stored would never be told */
  async function stored(record: StatementRecord, pages: string[][]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await store.save(record, pages);
      } catch (error) {
        if (tries === maxSaves || isClosing) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  /** as its caller may see it; until an end is stored it is not told */
  async function find(id: string, caller: Caller, waitSeconds: number): Promise<StatementRecord | undefined> {
    const deadline = Date.now() + waitSeconds * 1000;
    for (;;) {
      const run = live.get(id);
      if (run && run.record.principal === caller.role) {
        await waitFor(run.ended, deadline - Date.now());
        if (live.has(id)) return isEnd(run.record.status) ? { ...run.record, status: 'STARTED' } : { ...run.record };
      }
      const found = await store.find(id, caller);
      if (!found || isEnd(found.status) || Date.now() >= deadline) return found;
      // it runs on another server
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async function cancel(record: StatementRecord): Promise<boolean> {
    const run = live.get(record.id);
    if (run?.committing) return false;
    if (run) run.cancelled = true;
    if (run && !run.client) return true;
    const admin = await postgres.connect(record.database, 'cancel');
    try {
      const { rowCount } = await admin.query(
        `select pg_cancel_backend(pid) from pg_stat_activity where application_name = $1 and state <> 'idle'`,
        [connectionName(record)],
      );
      return run !== undefined || rowCount === 1;
    } finally {
      await admin.end();
    }
  }

  return {
    submit,
    find,
    cancel,
    async close(): Promise<void> {
      isClosing = true;
      for (const { record } of live.values()) await cancel(record).catch(() => false);
      await Promise.allSettled([...live.values()].map(({ ended }) => ended));
      await sessions.close();
      await connections.close();
    },
  };
}

export type StatementService = ReturnType<typeof statementService>;

/** what was cancelled may be interrupted after its end */
const isAtRest = ({ cancelled }: Run, client: pg.Client) => !cancelled && client.getTransactionStatus() === 'I';

async function waitFor(ended: Promise<void>, limitMs: number): Promise<void> {
  if (limitMs <= 0) return;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([ended.catch(() => undefined), timeout]);
  clearTimeout(timer);
}

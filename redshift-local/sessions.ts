import type { SessionRecord } from './session-record.js';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ActiveSessionsExceededException, ValidationException } from './errors.js';
import type { Postgres } from './postgres.js';
import { seconds, type Caller } from './statement-record.js';
import type { SessionStore } from './session-store.js';
import type { UserDirectory } from './users.js';

const maxOpen = 500;
const maxLifeSeconds = 24 * 3600;

export type SessionPlace = Pick<SessionRecord, 'database' | 'dbUser' | 'workgroup' | 'cluster'>;

interface Open {
  record: SessionRecord;
  client?: pg.Client;
  timer?: NodeJS.Timeout;
}

/** connections that outlive their statement, one statement at a time */
export function sessions(postgres: Postgres, store: SessionStore, users: UserDirectory) {
  const open = new Map<string, Open>();

  async function known(id: string, caller: Caller): Promise<SessionRecord> {
    const record = open.get(id)?.record ?? (await store.find(id));
    if (!record || record.principal !== caller.role) throw ValidationException(`Session with Id: ${id} is invalid`);
    return record;
  }

  async function start(place: SessionPlace, caller: Caller, keepAlive: number, statementId: string): Promise<string> {
    if (open.size >= maxOpen) throw ActiveSessionsExceededException(maxOpen);
    const now = seconds();
    const record: SessionRecord = {
      ...place,
      id: randomUUID(),
      principal: caller.role,
      accessKey: caller.accessKey,
      status: 'BUSY',
      createdAt: now,
      updatedAt: now,
      keepAlive,
      expiresAt: now + maxLifeSeconds,
      statementId,
    };
    open.set(record.id, { record });
    await store.save(record);
    return record.id;
  }

  function take(id: string, keepAlive: number | undefined, statementId: string): void {
    const session = open.get(id);
    if (session?.record.status !== 'AVAILABLE') {
      const busy = session && `: it is running statement ${session.record.statementId}, one runs at a time`;
      throw ValidationException(`Session is not available${busy ?? ''}`);
    }
    clearTimeout(session.timer);
    Object.assign(session.record, {
      status: 'BUSY',
      statementId,
      updatedAt: seconds(),
      ...(keepAlive !== undefined && { keepAlive }),
    });
  }

  async function connection(id: string): Promise<pg.Client> {
    const session = open.get(id);
    if (!session) throw ValidationException('Session is not available');
    if (!session.client) {
      const { database, dbUser } = session.record;
      session.client = await postgres.statementSession(database, `session ${id}`, users.signIn(dbUser));
      session.client.once('end', () => void close(id).catch(console.error));
    }
    return session.client;
  }

  /** after a statement; a connection that is lost has ended the session already */
  async function release(id: string): Promise<void> {
    const session = open.get(id);
    if (!session) return;
    const { record } = session;
    delete record.statementId;
    const now = seconds();
    const left = Math.min(record.keepAlive, record.createdAt + maxLifeSeconds - now);
    if (!session.client || left <= 0) return close(id);
    Object.assign(record, { status: 'AVAILABLE', updatedAt: now, expiresAt: now + left });
    session.timer = setTimeout(() => void close(id).catch(console.error), left * 1000);
    session.timer.unref();
    await store.save(record);
  }

  async function close(id: string): Promise<void> {
    const session = open.get(id);
    if (!session) return;
    open.delete(id);
    clearTimeout(session.timer);
    Object.assign(session.record, { status: 'CLOSED', updatedAt: seconds() });
    await session.client?.end().catch(() => undefined);
    await store.save(session.record);
  }

  return {
    known,
    start,
    take,
    connection,
    release,
    /** of the role, newest first; those of servers that died are closed */
    async list(caller: Caller): Promise<SessionRecord[]> {
      const stored = await store.list(caller.role);
      return stored.map((record) => open.get(record.id)?.record ?? record);
    },
    async close(): Promise<void> {
      await Promise.allSettled([...open.keys()].map(close));
    },
  };
}

export type Sessions = ReturnType<typeof sessions>;

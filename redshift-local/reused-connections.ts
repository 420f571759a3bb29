import type pg from 'pg';
import type { Outside } from './command-context.js';

/** ms that a connection waits for its next client: less than PostgreSQL waits for others to leave a database to drop */
const idleFor = 2_000;
const mostIdle = 8;

/** with the level that the database has now, which a connection that was made earlier may have begun without */
const begin = `select set_config('application_name', $1, false),
  set_config('default_transaction_isolation', redshift_catalog.rs_local_session_level(), false)`;

/** DISCARD ALL but for the plans of functions, which those of ours would make again for every user */
const discard = `reset session authorization; reset all; deallocate all; close all; unlisten *;
  select pg_catalog.pg_advisory_unlock_all(); discard temp; discard sequences`;

interface Idle<One> {
  one: One;
  timer: NodeJS.Timeout;
}

/** connections to PostgreSQL, each of one user at a time; what a user leaves is discarded before the next has it */
export function reusedConnections<One extends { client: pg.Client }>(make: (database: string) => Promise<One>) {
  const idle = new Map<string, Idle<One>[]>();
  let isClosed = false;
  const end = (one: One) => one.client.end().catch(() => undefined);

  function waiting(database: string): Idle<One>[] {
    const found = idle.get(database) ?? [];
    idle.set(database, found);
    return found;
  }

  function forget(database: string, one: One): void {
    const kept = waiting(database).filter((other) => other.one !== one);
    if (kept.length > 0) idle.set(database, kept);
    else idle.delete(database);
  }

  /** that of a client which has just left, where it is still there */
  async function again(database: string, name: string): Promise<One | undefined> {
    const found = waiting(database).pop();
    if (!found) return undefined;
    clearTimeout(found.timer);
    try {
      await found.one.client.query(begin, [name]);
      return found.one;
    } catch {
      await end(found.one);
      return undefined;
    }
  }

  async function isDiscarded({ client }: One): Promise<boolean> {
    client.removeAllListeners('notice');
    return client.query(discard).then(
      () => true,
      () => false,
    );
  }

  async function take(database: string, name: string): Promise<One> {
    const found = await again(database, name);
    if (found) return found;
    const made = await make(database);
    made.client.once('end', () => forget(database, made));
    await made.client.query(begin, [name]);
    return made;
  }

  async function give(database: string, one: One, isAtRest: boolean): Promise<void> {
    const isKept = isAtRest && (await isDiscarded(one)) && !isClosed && waiting(database).length < mostIdle;
    if (!isKept) return end(one);
    const leave = () => {
      forget(database, one);
      void end(one);
    };
    waiting(database).push({ one, timer: setTimeout(leave, idleFor).unref() });
  }

  return {
    take,
    /** `isAtRest`: nothing is under way, no transaction is open and nothing is on its way to cancel it */
    give,
    /** with the rights of this server, as no user has signed in */
    async lend(database: string, name: string): Promise<Outside> {
      const one = await take(database, name);
      return { client: one.client, end: () => give(database, one, one.client.getTransactionStatus() === 'I') };
    },
    async close(): Promise<void> {
      isClosed = true;
      const all = [...idle.values()].flat();
      idle.clear();
      for (const { timer } of all) clearTimeout(timer);
      await Promise.all(all.map(({ one }) => end(one)));
    },
  };
}

export type ReusedConnections<One extends { client: pg.Client }> = ReturnType<typeof reusedConnections<One>>;

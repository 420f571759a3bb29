import { randomInt } from 'node:crypto';
import type pg from 'pg';
import type { Postgres } from './postgres.js';

const leaseLock = 7_264_813;

/** the store's connections, and a lease that tells other servers that this one lives */
export function databaseStore(postgres: Postgres) {
  const owner = randomInt(2 ** 31);
  let opened: Promise<{ pool: pg.Pool; lease: pg.Client }> | undefined;

  async function open() {
    // held as long as this process lives: whose lease is free has died
    const lease = await postgres.connect('postgres', 'redshift-data lease');
    await lease.query('select pg_advisory_lock($1, $2)', [leaseLock, owner]);
    const pool = await postgres.storePool();
    // PostgreSQL was restarted: both are made anew when they are next asked for
    lease.once('end', () => {
      opened = undefined;
      void pool.end().catch(() => undefined);
    });
    for (const [table, at] of Object.entries({ statements: 'created_at', results: 'at', sessions: 'at' }))
      await pool.query(`delete from _redshift_data.${table} where ${at} < now() - interval '24 hours'`);
    return { pool, lease };
  }

  async function pool(): Promise<pg.Pool> {
    opened ??= open();
    opened.catch(() => (opened = undefined));
    return (await opened).pool;
  }

  return {
    owner,
    pool,
    /** false: the server with this number has died */
    async lives(other: number): Promise<boolean> {
      if (other === owner) return true;
      const { rows } = await (
        await pool()
      ).query<{ free: boolean }>('select pg_try_advisory_xact_lock($1, $2) as free', [leaseLock, other]);
      return !rows[0]?.free;
    },
    async close(): Promise<void> {
      const all = await opened?.catch(() => undefined);
      await all?.pool.end();
      await all?.lease.end();
    },
  };
}

export type DatabaseStore = ReturnType<typeof databaseStore>;

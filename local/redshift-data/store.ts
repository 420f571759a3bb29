import { randomInt } from 'node:crypto';
import type pg from 'pg';
import type { Postgres } from './postgres.js';
import type { Column } from './records.js';
import type { Parameter } from './sql/parameters.js';

export type Status = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';
export const isEnd = (status: Status) => status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';

export interface SubRecord {
  sql: string;
  status: Status;
  error?: string;
  /** seconds since 1970 */
  updatedAt: number;
  /** nanoseconds */
  duration: number;
  rows: number;
  size: number;
  columns?: Column[];
}

export interface StatementRecord {
  id: string;
  name: string;
  principal: string;
  token?: string;
  hash: string;
  database: string;
  workgroup?: string;
  cluster?: string;
  dbUser: string;
  secretArn?: string;
  isBatch: boolean;
  parameters: Parameter[];
  status: Status;
  error?: string;
  createdAt: number;
  updatedAt: number;
  duration: number;
  pid: number;
  subs: SubRecord[];
}

export interface Filter {
  principal: string;
  status?: Status;
  prefix: string;
  database?: string;
  workgroup?: string;
  cluster?: string;
  limit: number;
  offset: number;
}

const day = "interval '24 hours'";

/** statements and results in PostgreSQL, so that they outlive this process */
export function statementStore(postgres: Postgres) {
  const owner = randomInt(2 ** 31);
  let opened: Promise<{ pool: pg.Pool; lease: pg.Client }> | undefined;

  async function open() {
    const pool = await postgres.storePool();
    // held as long as this process lives: whose lease is free has died
    const lease = await postgres.connect('postgres', 'redshift-data lease');
    await lease.query('select pg_advisory_lock(7264813, $1)', [owner]);
    await pool.query(`delete from _redshift_data.statements where created_at < now() - ${day}`);
    await pool.query(`delete from _redshift_data.results where at < now() - ${day}`);
    await recover(pool);
    return { pool, lease };
  }
  async function pool(): Promise<pg.Pool> {
    opened ??= open();
    opened.catch(() => (opened = undefined));
    return (await opened).pool;
  }

  /** statements of a process that died: committed is committed, all others were rolled back */
  async function recover(pool: pg.Pool): Promise<void> {
    const { rows } = await pool.query<{ body: StatementRecord; owner: string }>(
      `select body, owner from _redshift_data.statements where status not in ('FINISHED', 'FAILED', 'ABORTED')`,
    );
    for (const { body, owner } of rows) {
      const held = await pool.query<{ free: boolean }>('select pg_try_advisory_xact_lock(7264813, $1) as free', [
        Number(owner),
      ]);
      if (!held.rows[0]?.free) continue;
      const client = await postgres.connect(body.database);
      try {
        await client.query(
          `select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = $1`,
          [`statement ${body.id}`],
        );
        const found = await client.query<{ body: StatementRecord }>(
          'select body from _redshift_data.committed where id = $1',
          [body.id],
        );
        const lost = {
          ...body,
          status: 'FAILED' as const,
          error: 'ERROR: connection lost: the service was restarted while the statement ran',
          updatedAt: Date.now() / 1000,
        };
        await save(
          pool,
          found.rows[0]?.body ?? { ...lost, subs: lost.subs.map((sub) => ({ ...sub, status: 'ABORTED' as const })) },
          [],
        );
      } finally {
        await client.end();
      }
    }
  }

  async function save(pool: pg.Pool, record: StatementRecord, pages: string[][]): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('update _redshift_data.statements set status = $2, body = $3 where id = $1', [
        record.id,
        record.status,
        JSON.stringify(record),
      ]);
      for (const [at, bodies] of pages.entries()) {
        for (const [page, body] of bodies.entries()) {
          await client.query('insert into _redshift_data.results (id, page, body) values ($1, $2, $3)', [
            `${record.id}:${at + 1}`,
            page,
            body,
          ]);
        }
      }
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  return {
    /** the record that now stands for the token: this one, or an earlier one */
    async add(record: StatementRecord): Promise<StatementRecord> {
      const db = await pool();
      if (record.token) {
        await db.query(
          `update _redshift_data.statements set token = null where principal = $1 and token = $2 and created_at < now() - interval '8 hours'`,
          [record.principal, record.token],
        );
      }
      const added = await db.query(
        `insert into _redshift_data.statements (id, name, status, principal, token, hash, owner, body) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (principal, token) do nothing`,
        [
          record.id,
          record.name,
          record.status,
          record.principal,
          record.token ?? null,
          record.hash,
          owner,
          JSON.stringify(record),
        ],
      );
      if (added.rowCount === 1) return record;
      const { rows } = await db.query<{ body: StatementRecord }>(
        'select body from _redshift_data.statements where principal = $1 and token = $2',
        [record.principal, record.token],
      );
      return rows[0]?.body ?? record;
    },
    save: async (record: StatementRecord, pages: string[][]) => save(await pool(), record, pages),
    async find(id: string, principal: string): Promise<StatementRecord | undefined> {
      const { rows } = await (
        await pool()
      ).query<{ body: StatementRecord }>(
        `select body from _redshift_data.statements where id = $1 and principal = $2 and created_at > now() - ${day}`,
        [id, principal],
      );
      return rows[0]?.body;
    },
    async list({
      principal,
      status,
      prefix,
      database,
      workgroup,
      cluster,
      limit,
      offset,
    }: Filter): Promise<StatementRecord[]> {
      const { rows } = await (
        await pool()
      ).query<{ body: StatementRecord }>(
        `select body from _redshift_data.statements where principal = $1 and ($2::text is null or status = $2) and starts_with(name, $3)
         and ($4::text is null or body->>'database' = $4) and ($5::text is null or body->>'workgroup' = $5) and ($6::text is null or body->>'cluster' = $6)
         and created_at > now() - ${day} order by created_at desc, id limit $7 offset $8`,
        [principal, status ?? null, prefix, database ?? null, workgroup ?? null, cluster ?? null, limit, offset],
      );
      return rows.map(({ body }) => body);
    },
    /** JSON array of records, and whether another page follows */
    async page(id: string, page: number): Promise<{ body: string; more: boolean } | undefined> {
      const { rows } = await (
        await pool()
      ).query<{ body: string }>(
        'select body from _redshift_data.results where id = $1 and page in ($2, $2 + 1) order by page',
        [id, page],
      );
      return rows[0] && { body: rows[0].body, more: rows.length > 1 };
    },
    /** opens the store before the first request */
    open: async () => void (await pool()),
    async close(): Promise<void> {
      const all = await opened?.catch(() => undefined);
      await all?.pool.end();
      await all?.lease.end();
    },
  };
}

export type StatementStore = ReturnType<typeof statementStore>;

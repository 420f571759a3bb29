import type pg from 'pg';
import type { DatabaseStore } from './database-store.js';
import { recovered } from './outcome.js';
import type { Postgres } from './postgres.js';
import { isEnd, type Caller, type StatementRecord, type Status } from './statement-record.js';

export interface Filter {
  caller: Caller;
  /** false: only what this access key submitted */
  roleLevel: boolean;
  status?: Status | undefined;
  prefix: string;
  database?: string | undefined;
  workgroup?: string | undefined;
  cluster?: string | undefined;
  limit: number;
  offset: number;
}

const young = "created_at > now() - interval '24 hours'";

const addSql = `with next as (select nextval('_redshift_data.query_ids') as id)
  insert into _redshift_data.statements (id, name, status, principal, token, hash, owner, body)
  select $1, $2, $3, $4, $5, $6, $7::bigint, jsonb_set($8, '{queryId}', to_jsonb(next.id)) from next
  on conflict (principal, token) do nothing returning body->>'queryId' as id`;

/** whether an earlier statement had the token, so long ago that another may have it */
async function forgetToken(db: pg.Pool, { principal, token }: StatementRecord): Promise<boolean> {
  const { rowCount } = await db.query(
    `update _redshift_data.statements set token = null where principal = $1 and token = $2 and created_at < now() - interval '8 hours'`,
    [principal, token],
  );
  return rowCount === 1;
}

/** statements and results in PostgreSQL, so that they outlive this process */
export function statementStore(database: DatabaseStore, postgres: Postgres) {
  const { pool } = database;
  type Row = { body: StatementRecord; owner: string };

  /** the end of a statement whose server has died is found out by the first who asks */
  async function settled({ body, owner }: Row): Promise<StatementRecord> {
    if (isEnd(body.status) || (await database.lives(Number(owner)))) return body;
    const ended = await recovered(postgres, body);
    await save(ended, []);
    return ended;
  }

  async function save(record: StatementRecord, pages: string[][]): Promise<void> {
    if (pages.every((bodies) => bodies.length === 0)) return void (await update(await pool(), record));
    const client = await (await pool()).connect();
    try {
      await client.query('begin');
      await update(client, record);
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

  const update = (client: pg.Pool | pg.PoolClient, record: StatementRecord) =>
    client.query('update _redshift_data.statements set status = $2, body = $3 where id = $1', [
      record.id,
      record.status,
      JSON.stringify(record),
    ]);

  async function rows(sql: string, values: unknown[]): Promise<StatementRecord[]> {
    const found = await (await pool()).query<Row>(sql, values);
    return Promise.all(found.rows.map(settled));
  }

  async function nextQueryId(): Promise<number> {
    const { rows: ids } = await (
      await pool()
    ).query<{ id: string }>(`select nextval('_redshift_data.query_ids') as id`);
    return Number(ids[0]?.id);
  }

  return {
    nextQueryId,
    /** the record that now stands for the token: this one, or an earlier one; gives it its query id */
    async add(record: StatementRecord): Promise<StatementRecord> {
      const db = await pool();
      const add = () =>
        db.query<{ id: string }>(addSql, [
          record.id,
          record.name,
          record.status,
          record.principal,
          record.token ?? null,
          record.hash,
          database.owner,
          JSON.stringify(record),
        ]);
      let { rows: added } = await add();
      if (!added[0] && (await forgetToken(db, record))) ({ rows: added } = await add());
      if (added[0]) {
        record.queryId = Number(added[0].id);
        return record;
      }
      const [earlier] = await rows(
        'select body, owner from _redshift_data.statements where principal = $1 and token = $2',
        [record.principal, record.token],
      );
      return earlier ?? record;
    },
    /** as if it had never been submitted */
    async remove({ id }: StatementRecord): Promise<void> {
      await (await pool()).query('delete from _redshift_data.statements where id = $1', [id]);
    },
    /** that it runs now, for other servers */
    async begun(record: StatementRecord): Promise<void> {
      await update(await pool(), record);
    },
    save,
    async find(id: string, { role }: Caller): Promise<StatementRecord | undefined> {
      const [found] = await rows(
        `select body, owner from _redshift_data.statements where id = $1 and principal = $2 and ${young}`,
        [id, role],
      );
      return found;
    },
    /** newest first */
    list: ({ caller, roleLevel, status, prefix, database, workgroup, cluster, limit, offset }: Filter) =>
      rows(
        `select body, owner from _redshift_data.statements where principal = $1 and ($2::text is null or body->>'accessKey' = $2)
         and ($3::text is null or status = $3) and starts_with(name, $4) and ($5::text is null or body->>'database' = $5)
         and ($6::text is null or body->>'workgroup' = $6) and ($7::text is null or body->>'cluster' = $7)
         and ${young} order by created_at desc, id limit $8 offset $9`,
        [
          caller.role,
          roleLevel ? null : caller.accessKey,
          status ?? null,
          prefix,
          database ?? null,
          workgroup ?? null,
          cluster ?? null,
          limit,
          offset,
        ],
      ),
    /** JSON array of records or CSV text, and whether another page follows */
    async page(id: string, page: number): Promise<{ body: string; more: boolean } | undefined> {
      const { rows: found } = await (
        await pool()
      ).query<{ body: string }>(
        'select body from _redshift_data.results where id = $1 and page in ($2, $2 + 1) order by page',
        [id, page],
      );
      return found[0] && { body: found[0].body, more: found.length > 1 };
    },
    /** opens the store, and finds out how the statements of servers that died ended */
    async open(): Promise<void> {
      await rows(
        `select body, owner from _redshift_data.statements where status not in ('FINISHED', 'FAILED', 'ABORTED')`,
        [],
      );
    },
  };
}

export type StatementStore = ReturnType<typeof statementStore>;

import pg from 'pg';
import { administratorSql } from './administrator-sql.js';
import { bootstrapSql } from './bootstrap-sql.js';
import { keepName } from './sql/long-names.js';
import { statementHistory } from './statement-history.js';
import { quoted } from './copy/target-columns.js';
import { storeSql } from './store-sql.js';
import type { SignIn } from './users.js';

export interface PostgresOptions {
  host: string;
  port: number;
  user: string;
  password?: string;
}

/** settings after those of every session, and the socket to use */
type More = Pick<pg.ClientConfig, 'options' | 'stream'>;

const bootstrapLock = 7_264_811;

/** connections as Redshift's sessions look: UTC, public first, then Redshift's functions before PostgreSQL's */
export function postgres(options: PostgresOptions, largeStrings = false) {
  const ready = new Map<string, Promise<void>>();

  async function connect(
    database: string,
    applicationName = 'redshift-data',
    { options: further = '', stream }: More = {},
  ): Promise<pg.Client> {
    const client = new pg.Client({
      ...options,
      ...(stream && { stream }),
      database,
      application_name: applicationName,
      options: `-c search_path=public,redshift_catalog,pg_catalog -c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c client_min_messages=warning -c bytea_output=hex -c createrole_self_grant=set,inherit ${further}`,
    });
    // a connection that breaks while idle must not end the process; its next query fails
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async function prepare(database: string, sql: string): Promise<void> {
    const client = await connect(database);
    try {
      await client.query('select pg_advisory_lock($1)', [bootstrapLock]);
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async function prepareDatabase(database: string): Promise<void> {
    await prepare(database, bootstrapSql(largeStrings));
    const client = await connect(database);
    try {
      const names = await client.query<{ short: string; whole: string }>(
        'select distinct provider as short, label as whole from pg_catalog.pg_shseclabel where octet_length(provider) >= 60',
      );
      for (const { short, whole } of names.rows) keepName(short, whole);
    } finally {
      await client.end();
    }
  }

  /** once a process and database; a failure is forgotten, so the next statement tries again */
  function once(key: string, work: () => Promise<void>): Promise<void> {
    const known = ready.get(key) ?? work();
    ready.set(key, known);
    known.catch(() => ready.delete(key));
    return known;
  }

  return {
    async session(database: string, applicationName: string, more?: More): Promise<pg.Client> {
      await once('administrator', () => prepare('postgres', administratorSql));
      await once(`database ${database}`, () => prepareDatabase(database));
      return connect(database, applicationName, more);
    },
    /** of a user, with its rights; its transactions are those of users: snapshots, or serializable ones */
    async statementSession(database: string, applicationName: string, signIn: SignIn): Promise<pg.Client> {
      const client = await this.session(database, applicationName);
      try {
        // of later ones, as there, where it is changed
        await client.query(
          `select set_config('default_transaction_isolation', redshift_catalog.rs_local_session_level(), false)`,
        );
        await enter(client, signIn);
        return client;
      } catch (error) {
        await client.end().catch(() => undefined);
        throw error;
      }
    },
    async storePool(): Promise<pg.Pool> {
      await once('store', () => prepare('postgres', storeSql));
      const pool = new pg.Pool({ ...options, database: 'postgres', max: 4, application_name: 'redshift-data store' });
      pool.on('error', () => undefined);
      return pool;
    },
    connect,
    history: statementHistory(connect),
  };
}

export type Postgres = ReturnType<typeof postgres>;

/** from here on the session has the rights of this user, who is made where IAM makes users */
export async function enter(client: pg.Client, { user, databaseRoles, isMade }: SignIn): Promise<void> {
  await client.query(
    `select redshift_catalog.rs_local_sign_in($1, $2, $3), set_config('redshift.signed_in', $1, false)`,
    [user, databaseRoles, isMade],
  );
  await client.query(`set session authorization ${quoted(user)}`);
}

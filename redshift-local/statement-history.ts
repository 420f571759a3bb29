import type pg from 'pg';
import type { Planned } from './sql/plan-statement.js';

/** the views that list queries */
const views = new Set(
  'stl_query stl_querytext stl_ddltext svl_qlog svl_statementtext stv_recents sys_query_history sys_query_text'.split(
    ' ',
  ),
);
/** of each database, the newest */
const most = 1000;

export interface Runner {
  database: string;
  user: string;
  pid: number;
}

interface Entry extends Runner {
  sql: string;
  started: string;
  ended: string;
  error?: string;
}

const keep = `with kept as (
  insert into _redshift_data.history (username, pid, database_name, sql, error, started_at, ended_at)
  select "user", pid, database, sql, error, started, ended
  from jsonb_to_recordset($1) as entry ("user" text, pid integer, database text, sql text, error text, started timestamptz, ended timestamptz)
  returning query_id)
delete from _redshift_data.history where query_id <= (select max(query_id) from kept) - ${most}`;

/** what ran over the wire: kept in memory, which costs a statement nothing, until somebody asks for it */
export function statementHistory(connect: (database: string, applicationName: string) => Promise<pg.Client>) {
  const pending = new Map<string, Entry[]>();

  function note(entry: Entry): void {
    const entries = pending.get(entry.database) ?? [];
    if (entries.push(entry) > most) entries.shift();
    pending.set(entry.database, entries);
  }

  return {
    /** runs a statement, and notes how it ended */
    async watch(who: Runner, sql: string, work: () => Promise<void>): Promise<void> {
      const started = new Date().toISOString();
      const end = (more: { error?: string }) =>
        note({ ...who, sql, started, ended: new Date().toISOString(), ...more });
      try {
        await work();
        end({});
      } catch (error) {
        end({ error: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    },
    /** before a statement that asks for a view of queries: it shows what ran until now */
    async show(database: string, plans: Pick<Planned, 'names'>[]): Promise<void> {
      const isAsked = plans.some(({ names }) => names.some(({ name }) => views.has(name)));
      const entries = isAsked ? pending.get(database) : undefined;
      if (!entries) return;
      pending.delete(database);
      const client = await connect(database, 'redshift-data history');
      try {
        await client.query(keep, [JSON.stringify(entries)]);
      } finally {
        await client.end();
      }
    },
  };
}

import type pg from 'pg';
import { quoted } from '../copy/target-columns.js';

export interface ExternalTable {
  /** oid */
  id: number;
  /** quoted, with its schema */
  name: string;
  location: string;
  keys: string[];
}

/** the external table of this name, or the error that Redshift gives for another kind */
export async function externalTable(client: pg.Client, schema: string, table: string): Promise<ExternalTable> {
  const name = `${quoted(schema)}.${quoted(table)}`;
  const { rows } = await client.query<{ id: number; location: string | null; keys: string[] }>(
    `select c.oid::integer as id, e.location, e.keys from pg_class c left join _redshift_data.external_tables e on e.id = c.oid where c.oid = $1::regclass`,
    [name],
  );
  const [found] = rows;
  if (!found || found.location === null) throw new Error(`"${table}" is not an external table`);
  return { id: found.id, name, location: found.location, keys: found.keys };
}

/** what was brought in of its files, before the table is dropped */
export async function forgetFiles(client: pg.Client, id: number): Promise<void> {
  const { rows } = await client.query<{ child: string }>(
    `select f.child::regclass::text as child from _redshift_data.external_files f join pg_class c on c.oid = f.child
     where f.table_id = $1`,
    [id],
  );
  for (const { child } of rows) await client.query(`drop table ${child}`);
  await client.query('delete from _redshift_data.external_files where table_id = $1', [id]);
}

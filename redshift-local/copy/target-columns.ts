import type pg from 'pg';
import type { CopyCommand } from '../sql/copy.js';

/** a column of the target as svv_columns describes it */
export interface TargetColumn {
  name: string;
  type: string;
  /** bytes of a VARCHAR, CHAR or VARBYTE */
  bytes: number;
  /** bytes of one text inside SUPER */
  superText: number;
  precision: number;
  scale: number;
  nullable: boolean;
}

export interface Target {
  /** oid */
  id: number;
  /** without quotes and schema, as messages show it */
  name: string;
  /** made by the transaction that fills it */
  isNew: boolean;
  columns: TargetColumn[];
}

type Found = TargetColumn & {
  id: number;
  relation: string;
  identity: string;
  relkind: string;
  external: boolean;
  isNew: boolean;
};

/** of any table, also a temporary one */
async function columnsOf(client: pg.Client, table: string): Promise<Found[]> {
  const { rows } = await client.query<Found>(
    `select c.oid::integer as id, c.relname as relation, a.attname as name, a.attidentity as identity, c.relkind, not a.attnotnull as nullable,
       case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying' when 'text'::regtype then 'character varying'
         else format_type(a.atttypid, null) end as type,
       case when a.atttypid in (1042, 1043) then greatest(a.atttypmod - 4, 0) when a.atttypid = 17 then redshift_catalog.rs_local_byte_limit(c.oid, a.attname) else 0 end as bytes,
       case when a.atttypid = 'jsonb'::regtype then redshift_catalog.rs_local_super_text_bytes() else 0 end as "superText",
       case when a.atttypid = 1700 then ((a.atttypmod - 4) >> 16) & 65535 else 0 end as precision,
       case when a.atttypid = 1700 then (a.atttypmod - 4) & 2047 else 0 end as scale,
       exists (select 1 from _redshift_data.external_tables e where e.id = c.oid) as external,
       exists (select 1 from pg_attribute s where s.attrelid = c.oid and s.attname = 'ctid' and s.xmin = pg_current_xact_id_if_assigned()::xid) as "isNew"
     from pg_class c join pg_attribute a on a.attrelid = c.oid where c.oid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  );
  return rows;
}

/** the columns of an external table that its files hold */
export async function fileColumns(client: pg.Client, table: string, keys: string[]): Promise<TargetColumn[]> {
  return (await columnsOf(client, table)).filter(({ name }) => !keys.includes(name));
}

/** the columns that COPY fills, in the order of the files */
export async function targetOf(client: pg.Client, { table, columns, explicitIds }: CopyCommand): Promise<Target> {
  const rows = await columnsOf(client, table);
  const [first] = rows;
  if (!first || first.relkind !== 'r' || first.external) throw new Error(`COPY loads tables only: ${table} is none`);
  const target = { id: first.id, name: first.relation, isNew: first.isNew };
  if (!columns) return { ...target, columns: rows.filter(({ identity }) => explicitIds || identity !== 'a') };
  if (new Set(columns).size < columns.length) throw new Error(`COPY into ${table}: a column is listed twice`);
  const listed = columns.map((name) => {
    const found = rows.find((column) => column.name === name);
    if (!found) throw new Error(`column "${name}" of relation "${target.name}" does not exist`);
    if (found.identity === 'a' && !explicitIds)
      throw new Error(`cannot set an identity column to a value: ${name}: leave it out, or say EXPLICIT_IDS`);
    return found;
  });
  return { ...target, columns: listed };
}

export const typeName = ({ type, precision, scale, bytes }: TargetColumn): string => {
  if (type === 'numeric') return `DECIMAL(${precision}, ${scale})`;
  if (bytes > 0)
    return `${type === 'character' ? 'CHAR' : type === 'binary varying' ? 'VARBYTE' : 'VARCHAR'}(${bytes})`;
  return type.replace(' without time zone', '').replace('timestamp with time zone', 'timestamptz').toUpperCase();
};

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

import type pg from 'pg';
import { asService } from '../as-service.js';
import { quoted } from '../copy/target-columns.js';
import { bytesCheck } from '../sql/table-definition.js';
import { externalTable, type ExternalTable } from './external-table.js';
import type { ExternalColumn, ExternalCommand } from './parse-external.js';

type Of<K extends ExternalCommand['kind']> = Extract<ExternalCommand, { kind: K }>;

/** DDL of external schemas and tables: an empty table that files are brought into when it is read */
export async function runExternal(client: pg.Client, command: ExternalCommand): Promise<void> {
  await client.query(
    command.kind === 'create schema'
      ? 'select redshift_catalog.rs_local_require_create()'
      : `select redshift_catalog.rs_local_require_schema_owner(${client.escapeLiteral(command.schema)})`,
  );
  await asService(client, (user) => change(client, command, user));
}

async function change(client: pg.Client, command: ExternalCommand, user: string): Promise<void> {
  switch (command.kind) {
    case 'create schema':
      return createSchema(client, command, user);
    case 'drop schema': {
      const { schema, ifExists, cascade } = command;
      await client.query(`drop schema ${ifExists ? 'if exists ' : ''}${quoted(schema)}${cascade ? ' cascade' : ''}`);
      await client.query('delete from _redshift_data.external_schemas where name = $1', [schema]);
      return;
    }
    case 'create table':
      return createTable(client, command);
    case 'add partition':
      return addPartitions(client, command);
    case 'set location':
      return setLocation(client, command);
    case 'drop partition':
      return dropPartition(client, command);
    case 'set properties': {
      const { id } = await externalTable(client, command.schema, command.table);
      await client.query(
        'update _redshift_data.external_tables set properties = jsonb_concat(properties, $2::jsonb) where id = $1',
        [id, JSON.stringify(command.properties)],
      );
    }
  }
}

async function createSchema(
  client: pg.Client,
  { schema, database, ifNotExists, options }: Of<'create schema'>,
  user: string,
): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_namespace where nspname = $1', [schema]);
  if (rowCount && ifNotExists) return;
  await client.query(`create schema ${quoted(schema)} authorization ${quoted(user)}`);
  await client.query(
    `insert into _redshift_data.external_schemas values ($1, $2, $3) on conflict (name) do update set database = $2, options = $3`,
    [schema, database, JSON.stringify(options)],
  );
}

async function createTable(
  client: pg.Client,
  { schema, table, columns, keys, location, properties }: Of<'create table'>,
): Promise<void> {
  const { rowCount } = await client.query('select 1 from _redshift_data.external_schemas where name = $1', [schema]);
  if (!rowCount) throw new Error(`schema "${schema}" is not an external schema: use CREATE EXTERNAL SCHEMA`);
  const name = `${quoted(schema)}.${quoted(table)}`;
  await client.query(`create table ${name} (${[...columns, ...keys].map(definition).join(', ')})`);
  await client.query(`select redshift_catalog.rs_local_own_external($1)`, [schema]);
  await client.query(
    `create trigger rs_local_read_only before insert or update or delete or truncate on ${name} for each statement execute function redshift_catalog.rs_local_read_only()`,
  );
  await client.query(
    `insert into _redshift_data.external_tables (id, location, keys, properties) values ($1::regclass, $2, $3, $4)
     on conflict (id) do update set location = $2, keys = $3, properties = $4`,
    [name, location, keys.map((key) => key.name), JSON.stringify({ EXTERNAL: 'TRUE', ...properties })],
  );
  await client.query('delete from _redshift_data.external_partitions where table_id = $1::regclass', [name]);
}

const definition = (column: ExternalColumn) =>
  `${quoted(column.name)} ${column.pg}${bytesCheck(quoted(column.name), column)}`;

/** in the order of the keys, each a value of its type */
async function keyValues(
  client: pg.Client,
  { keys, name }: ExternalTable,
  values: Record<string, string>,
): Promise<string[]> {
  const given = Object.keys(values);
  if (given.length !== keys.length || !given.every((key) => keys.includes(key)))
    throw new Error(
      `the partition keys of ${name.replaceAll('"', '')} are (${keys.join(', ')}), got (${given.join(', ')})`,
    );
  const { rows } = await client.query<{ key: string; type: string }>(
    `select attname as key, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attnum > 0`,
    [name],
  );
  const found: string[] = [];
  for (const key of keys) {
    const type = rows.find((row) => row.key === key)?.type ?? 'text';
    // users have no cast between the two, so it is not there
    const text = type === 'boolean' ? `case when $1::boolean then 'true' else 'false' end` : `$1::text::${type}::text`;
    const { rows: cast } = await client.query<{ value: string }>(`select ${text} as value`, [values[key]]);
    found.push(cast[0]?.value ?? '');
  }
  return found;
}

async function addPartitions(
  client: pg.Client,
  { schema, table, partitions, ifNotExists }: Of<'add partition'>,
): Promise<void> {
  const external = await externalTable(client, schema, table);
  if (external.keys.length === 0)
    throw new Error(`external table ${external.name.replaceAll('"', '')} is not partitioned`);
  for (const { values, location } of partitions) {
    const found = await keyValues(client, external, values);
    const { rowCount } = await client.query(
      'insert into _redshift_data.external_partitions values ($1, $2, $3) on conflict do nothing',
      [external.id, found, location],
    );
    if (!rowCount && !ifNotExists)
      throw new Error(`Partition already exists: (${found.join(', ')}): use ADD IF NOT EXISTS PARTITION`);
  }
}

async function setLocation(client: pg.Client, { schema, table, values, location }: Of<'set location'>): Promise<void> {
  const external = await externalTable(client, schema, table);
  if (!values) {
    await client.query('update _redshift_data.external_tables set location = $2 where id = $1', [
      external.id,
      location,
    ]);
    return;
  }
  const found = await keyValues(client, external, values);
  const { rowCount } = await client.query(
    'update _redshift_data.external_partitions set location = $3 where table_id = $1 and key_values = $2',
    [external.id, found, location],
  );
  if (!rowCount) throw new Error(`Partition does not exist: (${found.join(', ')}): use ADD PARTITION`);
}

async function dropPartition(client: pg.Client, { schema, table, values }: Of<'drop partition'>): Promise<void> {
  const external = await externalTable(client, schema, table);
  const found = await keyValues(client, external, values);
  const { rowCount } = await client.query(
    'delete from _redshift_data.external_partitions where table_id = $1 and key_values = $2',
    [external.id, found],
  );
  if (!rowCount) throw new Error(`Partition does not exist: (${found.join(', ')})`);
}

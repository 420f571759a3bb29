import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import { columnDefinition, createTarget, ident, sqlType } from './ddl.js';
import { parentsPlan } from '../columns/parents.js';
import { compareTable, type TableColumn } from './compare-table.js';
import type { Row, Warehouse } from './data-api.js';

/** creates the tables, or adds new nullable columns, one statement each; any other difference is a SchemaMismatch */
export async function ensureTarget(warehouse: Warehouse, pipeline: string, entity: EntityPlan): Promise<void> {
  const found = await readTable(warehouse, pipeline, entity.name);
  if (found.length === 0) {
    for (const statement of createTarget(pipeline, entity)) await warehouse.execute([statement]);
    return;
  }
  await fit(warehouse, pipeline, entity.name, entity, found);
  const parents = parentsPlan(entity);
  if (parents) await fit(warehouse, pipeline, entity.name, parents, await readTable(warehouse, pipeline, parents.name));
}

/** `of`: the entity whose table it is, or beside whose it is */
async function fit(
  warehouse: Warehouse,
  pipeline: string,
  of: string,
  entity: EntityPlan,
  found: TableColumn[],
): Promise<void> {
  if (found.length === 0) throw mismatch(pipeline, of, [missing(pipeline, entity)]);
  const { additions, widenings, problems } = compareTable(found, entity);
  if (problems.length > 0) throw mismatch(pipeline, of, problems);
  if (widenings.length > 0) {
    const told = widenings.map(
      ({ column, from }) => `column ${column.name} is ${from} in the table and ${sqlType(column.type)} in the schema`,
    );
    throw new TerminalError(
      'SchemaMismatch',
      `${pipeline}.${entity.name}: ${told.join('; ')}: \`waterclock migrate ${pipeline} --apply\` widens it`,
    );
  }
  for (const column of additions) await warehouse.execute([addColumn(pipeline, entity.name, column)]);
}

/** its rows are no others' to make: without them, an older version of a record would come back */
export const missing = (pipeline: string, parents: EntityPlan) =>
  `the table ${pipeline}.${parents.name}, which has the newest version of each record, does not exist`;

/** the table's columns; none when there is no table */
export async function readTable(warehouse: Warehouse, pipeline: string, table: string): Promise<TableColumn[]> {
  const rows = await warehouse.query(
    `SELECT column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, is_nullable
     FROM svv_columns WHERE table_schema = :schema AND table_name = :table ORDER BY ordinal_position`,
    { schema: pipeline, table },
  );
  return rows.map((row) => ({
    name: String(row['column_name']),
    type: typeName(row),
    nullable: row['is_nullable'] !== 'NO',
  }));
}

export function addColumn(pipeline: string, table: string, column: Parameters<typeof columnDefinition>[0]): string {
  return `ALTER TABLE ${ident(pipeline, table)} ADD COLUMN ${columnDefinition(column)}`;
}

function mismatch(pipeline: string, entity: string, problems: string[]): TerminalError {
  const table = `${pipeline}.${entity}`;
  return new TerminalError(
    'SchemaMismatch',
    `${table}: ${problems.join('; ')}: change the schema back, or make the table anew from the lake by \`waterclock rebuild ${table}\``,
  );
}

function typeName(row: Row): string {
  const type = String(row['data_type']);
  switch (type) {
    case 'character varying':
      return `VARCHAR(${row['character_maximum_length']})`;
    case 'numeric':
      return `DECIMAL(${row['numeric_precision']}, ${row['numeric_scale']})`;
    case 'timestamp without time zone':
      return 'TIMESTAMP';
    case 'timestamp with time zone':
      return 'TIMESTAMPTZ';
    default:
      return type.toUpperCase();
  }
}

import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import { columnDefinition, createTarget, ident, sqlType } from '../schema/ddl.js';
import { targetColumns } from '../schema/table-columns.js';
import type { Row, Warehouse } from './data-api.js';

/** creates the table, or adds new nullable columns, one statement each; any other difference is a SchemaMismatch */
export async function ensureTarget(warehouse: Warehouse, pipeline: string, entity: EntityPlan): Promise<void> {
  const found = await warehouse.query(
    `SELECT column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
     FROM svv_columns WHERE table_schema = :schema AND table_name = :table`,
    { schema: pipeline, table: entity.name },
  );
  if (found.length === 0) {
    for (const statement of createTarget(pipeline, entity)) await warehouse.execute([statement]);
    return;
  }
  const types = new Map(found.map((row) => [row['column_name'], typeName(row)]));
  const table = `${pipeline}.${entity.name}`;
  const wanted = targetColumns(entity);
  const problems = wanted.flatMap((column) => {
    const type = types.get(column.name);
    if (type === undefined) return column.nullable ? [] : [`new column ${column.name} must be nullable`];
    const want = sqlType(column.type);
    return type === want ? [] : [`column ${column.name} is ${type} in the table and ${want} in the schema`];
  });
  for (const name of types.keys()) {
    if (!wanted.some((column) => column.name === name)) problems.push(`column ${String(name)} is not in the schema`);
  }
  if (problems.length > 0) throw new TerminalError('SchemaMismatch', `${table}: ${problems.join('; ')}`);
  for (const column of wanted.filter((column) => !types.has(column.name))) {
    await warehouse.execute([`ALTER TABLE ${ident(pipeline, entity.name)} ADD COLUMN ${columnDefinition(column)}`]);
  }
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

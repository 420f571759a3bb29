import type { EntityPlan } from '../model/columns.js';
import { createTarget, ident, sqlType } from '../schema/ddl.js';
import { compareTable } from './compare-table.js';
import type { Warehouse } from './data-api.js';
import { addColumn, readTable } from './target.js';

/** what makes a table fit its schema */
export interface Migration {
  table: string;
  /** each is sent on its own: Redshift changes a column's length outside of transactions only */
  statements: string[];
  /** differences that no statement mends, in words */
  problems: string[];
}

export async function migrationOf(warehouse: Warehouse, pipeline: string, entity: EntityPlan): Promise<Migration> {
  const table = `${pipeline}.${entity.name}`;
  const found = await readTable(warehouse, pipeline, entity.name);
  if (found.length === 0) return { table, statements: createTarget(pipeline, entity), problems: [] };
  const { additions, widenings, problems } = compareTable(found, entity);
  const statements = [
    ...widenings.map(
      ({ column }) =>
        `ALTER TABLE ${ident(pipeline, entity.name)} ALTER COLUMN ${ident(column.name)} TYPE ${sqlType(column.type)}`,
    ),
    ...additions.map((column) => addColumn(pipeline, entity.name, column)),
  ];
  return { table, statements, problems };
}

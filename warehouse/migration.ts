import type { EntityPlan } from '../model/columns.js';
import { createTarget, ident, sqlType } from './ddl.js';
import { parentsPlan } from '../columns/parents.js';
import { compareTable, type TableColumn } from './compare-table.js';
import type { Warehouse } from './data-api.js';
import { addColumn, missing, readTable } from './target.js';

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
  const own = changesOf(found, pipeline, entity);
  const parents = parentsPlan(entity);
  if (!parents) return { table, ...own };
  const beside = changesOf(await readTable(warehouse, pipeline, parents.name), pipeline, parents);
  return {
    table,
    statements: [...beside.statements, ...own.statements],
    problems: [...own.problems, ...beside.problems],
  };
}

function changesOf(found: TableColumn[], pipeline: string, entity: EntityPlan): Omit<Migration, 'table'> {
  if (found.length === 0) return { statements: [], problems: [missing(pipeline, entity)] };
  const { additions, widenings, problems } = compareTable(found, entity);
  const statements = [
    ...widenings.map(
      ({ column }) =>
        `ALTER TABLE ${ident(pipeline, entity.name)} ALTER COLUMN ${ident(column.name)} TYPE ${sqlType(column.type)}`,
    ),
    ...additions.map((column) => addColumn(pipeline, entity.name, column)),
  ];
  return { statements, problems };
}

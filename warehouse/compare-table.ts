import type { Column, EntityPlan } from '../model/columns.js';
import { sqlType } from './ddl.js';
import { targetColumns } from '../columns/table-columns.js';

/** a column as the warehouse's catalog tells it */
export interface TableColumn {
  name: string;
  type: string;
  nullable: boolean;
}

/** how a table differs from its entity's schema */
export interface Comparison {
  /** nullable columns that the table lacks */
  additions: Column[];
  /** columns whose VARCHAR has grown, the one change of type that Redshift makes in place */
  widenings: { column: Column; from: string }[];
  /** what no statement mends, in words */
  problems: string[];
}

export function compareTable(found: TableColumn[], entity: EntityPlan): Comparison {
  const wanted = targetColumns(entity);
  const comparison: Comparison = { additions: [], widenings: [], problems: [] };
  const { additions, widenings, problems } = comparison;
  for (const column of wanted) {
    const there = found.find(({ name }) => name === column.name);
    const type = sqlType(column.type);
    if (!there) {
      if (column.nullable) additions.push(column);
      else problems.push(`column ${column.name} is not in the table and ${type} NOT NULL in the schema`);
    } else if (there.type !== type) {
      if (isLonger(type, there.type)) widenings.push({ column, from: there.type });
      else problems.push(`column ${column.name} is ${there.type} in the table and ${type} in the schema`);
    } else if (column.nullable && !there.nullable) {
      problems.push(`column ${column.name} is ${type} NOT NULL in the table and ${type} in the schema`);
    }
  }
  for (const { name, type } of found) {
    const isWanted = wanted.some((column) => column.name === name);
    if (!isWanted) problems.push(`column ${name} is ${type} in the table and not in the schema`);
  }
  return comparison;
}

function isLonger(type: string, than: string): boolean {
  const bytes = (text: string) => Number(/^VARCHAR\((\d+)\)$/.exec(text)?.[1]);
  return bytes(type) > bytes(than);
}

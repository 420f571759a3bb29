import type { EntityPlan } from '../model/columns.js';
import { recordColumn } from './table-columns.js';

/** the view beside a table; an entity of that name would be taken for it */
export function byIntervalName(entity: string): string {
  return `${entity}_by_interval`;
}

/** the table beside a table; an entity of that name would be taken for it */
export function parentsName(entity: string): string {
  return `${entity}_parents`;
}

/**
 * the newest version of each record whose rows replace those of an earlier one, also of a record without rows: one that
 * loads late must not bring back what a newer one has removed. undefined for any other entity
 */
export function parentsPlan({ name, parentKey, order, columns, schemaHash }: EntityPlan): EntityPlan | undefined {
  if (!parentKey) return undefined;
  const own = [...new Set([...parentKey, ...order])];
  return {
    name: parentsName(name),
    mode: 'merge',
    columns: [...own.flatMap((name) => columns.find((column) => column.name === name) ?? []), recordColumn],
    key: parentKey,
    order,
    allowEmpty: true,
    schemaHash,
  };
}

/** the tables that a load writes; the entity's own is last, so that it is never there without the other */
export function tablesOf(entity: EntityPlan): EntityPlan[] {
  const parents = parentsPlan(entity);
  return parents ? [parents, entity] : [entity];
}

/** what says which of two rows of one key is newer, most significant first; all columns at last: equal rows or a fixed choice */
export function newestFirst({ order, parentKey }: EntityPlan, columns: string[]): string[] {
  return [...new Set([...order, ...(parentKey ? [recordColumn.name] : []), ...columns])];
}

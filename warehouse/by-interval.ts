import type { Column, EntityPlan } from '../model/columns.js';
import { externalName, ident } from './ddl.js';
import { byIntervalName, newestFirst } from '../columns/parents.js';
import { fileColumns, recordColumn } from '../columns/table-columns.js';

/**
 * the external table with one row a key and interval, the one that a load takes; `append` keeps every row as it is.
 * Where rows of a record replace earlier ones, it has those of the record's newest version in the interval that has rows.
 * `columns`: those of the external table
 */
export function createByInterval(
  pipeline: string,
  entity: EntityPlan,
  partitions: string[],
  columns: Column[] = fileColumns(entity),
): string {
  const files = columns.map(({ name }) => name);
  const newest = newestFirst(entity, files);
  const from = ident('spectrum', externalName(pipeline, entity.name));
  const all = [...files, ...partitions].map((name) => ident(name)).join(', ');
  const shown = [...columns.map(valueOf), ...partitions.map((name) => ident(name))].join(', ');
  const over = (function_: string, key: string[], order: string[]) =>
    `${function_}() OVER (PARTITION BY ${[...partitions, ...key].map((name) => ident(name)).join(', ')} ORDER BY ${order.map((name) => `${ident(name)} DESC`).join(', ')})`;
  const ranks = [`${over('ROW_NUMBER', ['_row_id'], newest)} AS recency`];
  const first = ['recency = 1'];
  if (entity.parentKey) {
    ranks.push(`${over('RANK', entity.parentKey, [...entity.order, recordColumn.name])} AS version_recency`);
    first.push('version_recency = 1');
  }
  const ranked = `(SELECT ${all}, ${ranks.join(', ')} FROM ${from}) AS told WHERE ${first.join(' AND ')}`;
  // views over external tables are late-binding
  return `CREATE VIEW ${ident(pipeline, byIntervalName(entity.name))} AS SELECT ${shown} FROM ${entity.mode === 'append' ? from : ranked} WITH NO SCHEMA BINDING`;
}

/** the files hold JSON as bytes */
function valueOf({ name, type }: Column): string {
  return type.kind === 'super' ? `JSON_PARSE(${ident(name)}) AS ${ident(name)}` : ident(name);
}

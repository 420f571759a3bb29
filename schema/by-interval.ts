import type { EntityPlan } from '../model/columns.js';
import { externalName, ident } from './ddl.js';
import { fileColumns } from './table-columns.js';

/** beside the table; an entity of that name would be taken for it */
export function byIntervalName(entity: string): string {
  return `${entity}_by_interval`;
}

/** the external table with one row a key and interval, the one that a load takes; `append` keeps every row as it is */
export function createByInterval(pipeline: string, entity: EntityPlan, partitions: string[]): string {
  const files = fileColumns(entity).map(({ name }) => ident(name));
  const intervals = partitions.map((name) => ident(name));
  const newest = [...new Set([...entity.order.map((name) => ident(name)), ...files])].map((name) => `${name} DESC`);
  const from = ident('spectrum', externalName(pipeline, entity.name));
  const all = [...files, ...intervals].join(', ');
  const ranked = `(SELECT ${all}, ROW_NUMBER() OVER (PARTITION BY ${[...intervals, ident('_row_id')].join(', ')} ORDER BY ${newest.join(', ')}) AS recency FROM ${from}) AS told WHERE recency = 1`;
  // views over external tables are late-binding
  return `CREATE VIEW ${ident(pipeline, byIntervalName(entity.name))} AS SELECT ${all} FROM ${entity.mode === 'append' ? from : ranked} WITH NO SCHEMA BINDING`;
}

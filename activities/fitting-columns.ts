import type { ColumnType, EntityPlan } from '../model/columns.js';
import type { ParquetManifest } from '../model/plan.js';
import { sqlType } from '../warehouse/ddl.js';
import { fileColumns } from '../columns/table-columns.js';

/** names of a file's columns in its order, if it can be copied into a table of this schema; what it lacks must be nullable */
export function fittingColumns(
  { schemaHash, columns, key }: Pick<ParquetManifest, 'schemaHash' | 'columns' | 'key'>,
  entity: EntityPlan,
): string[] | undefined {
  const wanted = fileColumns(entity);
  if (schemaHash === entity.schemaHash) return wanted.map(({ name }) => name);
  // row ids are hashes of the key
  if (!columns || JSON.stringify(key) !== JSON.stringify(entity.key)) return undefined;
  const names = columns.map(({ name }) => name);
  const isHeld = columns.every(({ name, type, nullable }) => {
    const column = wanted.find((column) => column.name === name);
    return column !== undefined && holds(column.type, type) && (column.nullable || !nullable);
  });
  const lacksNone = wanted.every(({ name, nullable }) => nullable || names.includes(name));
  return isHeld && lacksNone ? names : undefined;
}

function holds(wide: ColumnType, type: ColumnType): boolean {
  if (wide.kind === 'varchar' && type.kind === 'varchar') return wide.bytes >= type.bytes;
  return sqlType(wide) === sqlType(type);
}

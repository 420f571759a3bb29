import { createHash } from 'node:crypto';
import type { Column, ColumnType, EntityPlan } from '../model/columns.js';
import { maxSuperBytes } from '../model/digits.js';
import { tablesOf } from '../columns/parents.js';
import { fileColumns, targetColumns } from '../columns/table-columns.js';

/** PostgreSQL's limit; Redshift takes 127 */
const maxNameBytes = 63;

/** the one place where identifiers are quoted */
export function ident(...parts: string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'double':
      return 'DOUBLE PRECISION';
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'varchar':
      return `VARCHAR(${type.bytes})`;
    default:
      return type.kind.toUpperCase();
  }
}

/** JSON arrives as bytes and is parsed on its way to the target: text would land in SUPER as one string */
export function stageType(type: ColumnType): string {
  return type.kind === 'super' ? `VARBYTE(${maxSuperBytes})` : sqlType(type);
}

/** Spectrum has neither SUPER, whose JSON the files hold as bytes, nor TIMESTAMPTZ */
export function externalType(type: ColumnType): string {
  return type.kind === 'timestamptz' ? 'TIMESTAMP' : stageType(type);
}

export function columnDefinition(column: Column, typeOf = sqlType): string {
  return `${ident(column.name)} ${typeOf(column.type)}${column.nullable ? '' : ' NOT NULL'}`;
}

/** schema, lock and tables of an entity; each statement is safe to repeat */
export function createTarget(pipeline: string, entity: EntityPlan): string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS ${ident(pipeline)}`,
    createLock(pipeline, entity.name),
    ...tablesOf(entity).map((table) => createTable(pipeline, table)),
  ];
}

export function createTable(pipeline: string, entity: EntityPlan): string {
  const definitions = targetColumns(entity).map((column) => `\n  ${columnDefinition(column)}`);
  return `CREATE TABLE IF NOT EXISTS ${ident(pipeline, entity.name)} (${definitions.join(',')}\n) ${tableKeys(entity)}`;
}

/** an empty table: what a load locks instead of the target, whose readers would wait */
export function createLock(pipeline: string, entity: string): string {
  return `CREATE TABLE IF NOT EXISTS ${ident('stage', lockName(pipeline, entity))} (locked SMALLINT)`;
}

export function lockName(pipeline: string, entity: string): string {
  return shortened(`lock_${pipeline}_${entity}`);
}

/** a name of two names may be too long: the hash of all of it then ends its first part */
function shortened(name: string): string {
  if (name.length <= maxNameBytes) return name;
  const digits = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return `${name.slice(0, maxNameBytes - 11)}_${digits}`;
}

function tableKeys({ columns }: EntityPlan): string {
  const distKey = columns.find((column) => column.distKey)?.name ?? '_row_id';
  const sorting = columns
    .filter((column) => column.sortKey !== undefined)
    .sort((a, b) => (a.sortKey ?? 0) - (b.sortKey ?? 0));
  const sortKeys = sorting.length > 0 ? sorting.map(({ name }) => name) : ['_interval_start'];
  return `DISTKEY (${ident(distKey)}) SORTKEY (${sortKeys.map((name) => ident(name)).join(', ')})`;
}

export function externalName(pipeline: string, entity: string): string {
  return shortened(`${pipeline}_${entity}`);
}

/** table over an entity's Parquet files, without its SUPER columns; `partitions` are those of its pipeline's grid */
export function createExternal(pipeline: string, entity: EntityPlan, partitions: string[], lakeBucket: string): string {
  const plain = fileColumns(entity).filter(({ type }) => type.kind !== 'super');
  const columns = plain.map((column) => `\n  ${externalDefinition(column)}`);
  const parts = partitions.map((name) => `${name} ${name === 'dt' ? 'DATE' : 'SMALLINT'}`);
  return [
    `CREATE EXTERNAL TABLE ${ident('spectrum', externalName(pipeline, entity.name))} (${columns.join(',')}`,
    `) PARTITIONED BY (${parts.join(', ')})`,
    'STORED AS PARQUET',
    `LOCATION 's3://${lakeBucket}/processed/${pipeline}/${entity.name}/'`,
  ].join('\n');
}

/** columns of a Parquet file are found by name: one more may come last */
export function addExternal(pipeline: string, entity: string, column: Column): string {
  return `ALTER TABLE ${ident('spectrum', externalName(pipeline, entity))} ADD COLUMN ${externalDefinition(column)}`;
}

function externalDefinition({ name, type }: Column): string {
  return `${ident(name)} ${externalType(type)}`;
}

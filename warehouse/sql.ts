import type { Column, ColumnType } from '../model/columns.js';

/** the one place where identifiers are quoted */
export function ident(...parts: string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** the one place where values become SQL text */
export function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** `2022-11-24T10:00:00Z` -> `TIMESTAMP '2022-11-24 10:00:00'` */
export function timestamp(iso: string): string {
  return `CAST(${literal(iso.replace('T', ' ').replace('Z', '').slice(0, 23))} AS TIMESTAMP)`;
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

/** longest JSON text of a SUPER column, bytes; the limit of VARBYTE */
const maxSuperBytes = 1_024_000;

/** JSON arrives as bytes and is parsed on its way to the target: text would land in SUPER as one string */
export function stageType(type: ColumnType): string {
  return type.kind === 'super' ? `VARBYTE(${maxSuperBytes})` : sqlType(type);
}

export function columnDefinition(column: Column, typeOf = sqlType): string {
  return `${ident(column.name)} ${typeOf(column.type)}${column.nullable ? '' : ' NOT NULL'}`;
}

export const rowId: Column = {
  name: '_row_id',
  path: [],
  type: { kind: 'varchar', bytes: 32 },
  nullable: false,
  description: 'hash of the key',
};

/** columns that the load adds, so that the Parquet depends on the data alone */
export const loadColumns: Column[] = [
  {
    name: '_interval_start',
    path: [],
    type: { kind: 'timestamp' },
    nullable: false,
    description: 'interval the row came with',
  },
  {
    name: '_run_id',
    path: [],
    type: { kind: 'varchar', bytes: 64 },
    nullable: false,
    description: 'run that loaded it',
  },
  {
    name: '_loaded_at',
    path: [],
    type: { kind: 'timestamp' },
    nullable: false,
    description: 'when it was loaded, UTC',
  },
];

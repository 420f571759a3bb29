import type { ColumnType } from './columns.js';

/** columns of a Parquet file, in its order */
export type FileColumns = { name: string; type: ColumnType; nullable: boolean }[];

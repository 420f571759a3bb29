/** the column types of the design's section 4; one list for Arrow, Parquet, DDL and dbt */
export type ColumnType =
  | { kind: 'smallint' | 'integer' | 'bigint' | 'double' | 'boolean' | 'date' | 'timestamptz' | 'super' }
  /** `epoch`: what its numbers count since 1970, when not milliseconds */
  | { kind: 'timestamp'; epoch?: 'seconds' }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'varchar'; bytes: number };

export interface Column {
  name: string;
  /** where the value stands in the validated row */
  path: string[];
  type: ColumnType;
  nullable: boolean;
  description?: string;
  /** distributes the table's rows */
  distKey?: boolean;
  /** place among the columns that sort the table's rows */
  sortKey?: number;
}

export type LoadMode = 'merge' | 'append' | 'replace';

/** an entity as plain data: what the steps after validation need of it */
export interface EntityPlan {
  name: string;
  mode: LoadMode;
  columns: Column[];
  /** names of the merge key's columns */
  key: string[];
  /** columns that say which of two rows of one key is newer, most significant first */
  order: string[];
  /** ms: rows of one key are in intervals that begin no further apart; any two when absent */
  lookback?: number;
  /** `replace` with no rows is an error unless this is set */
  allowEmpty: boolean;
  /** longest text within SUPER, when the run's warehouse takes longer ones than Redshift does by default */
  superTextBytes?: number;
  /** of the key: the columns that identify the record a row came with, whose rows replace those that it had before */
  parentKey?: string[];
  /** hash of columns and key, which make the files: those made with another one are not loaded */
  schemaHash: string;
}

import type pg from 'pg';
import type { Objects } from './copy/objects.js';

/** what a statement runs with */
export interface CommandContext {
  client: pg.Client;
  objects: Objects;
  /** throws when the statement was cancelled */
  check: () => void;
  /** a connection outside of the statement's transaction: what it writes survives a rollback */
  outside: () => Promise<pg.Client>;
  /** as DescribeStatement shows it in RedshiftQueryId */
  queryId: number;
  /** of its result */
  format: 'JSON' | 'CSV';
}

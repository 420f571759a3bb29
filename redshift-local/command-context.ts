import type pg from 'pg';
import type { Objects } from './copy/objects.js';

/** a connection outside of the statement's transaction: what it writes survives a rollback */
export interface Outside {
  client: pg.Client;
  end(): Promise<void>;
}

/** what a statement runs with */
export interface CommandContext {
  client: pg.Client;
  objects: Objects;
  /** throws when the statement was cancelled */
  check: () => void;
  outside: () => Promise<Outside>;
  /** as DescribeStatement shows it in RedshiftQueryId */
  queryId: number;
  /** of its result */
  format: 'JSON' | 'CSV';
}

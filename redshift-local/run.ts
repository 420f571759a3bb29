import type pg from 'pg';
import type { Fault } from './faults.js';
import type { StatementRecord } from './statement-record.js';

/** one statement or batch that runs now */
export interface Run {
  record: StatementRecord;
  cancelled: boolean;
  /** past the point where a cancel could undo it */
  committing: boolean;
  client?: pg.Client;
  fault?: Fault | undefined;
  ended: Promise<void>;
}

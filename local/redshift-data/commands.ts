import type pg from 'pg';
import { load } from './copy/load.js';
import type { Objects } from './copy/objects.js';
import type { CopyCommand } from './sql/copy.js';
import type { Planned } from './sql/plan-statement.js';

/** what PostgreSQL does not do by itself */
export type Command = { copy: CopyCommand };

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

/** rows that the command touched */
export async function runCommand({ copy }: Command, context: CommandContext): Promise<number> {
  return load(copy, context);
}

/** on the statement's connection, before its transaction takes a snapshot */
export async function prepareCommands(_context: CommandContext, _plans: Planned[]): Promise<void> {}

import type pg from 'pg';
import { load } from './copy/load.js';
import type { Objects } from './copy/objects.js';
import type { CopyCommand } from './sql/copy.js';
import type { ExternalCommand } from './external/parse-external.js';
import { runExternal } from './external/run-external.js';
import type { UnloadCommand } from './unload/parse-unload.js';
import { unload } from './unload/run-unload.js';

/** what PostgreSQL does not do by itself */
export type Command = { copy: CopyCommand } | { external: ExternalCommand } | { unload: UnloadCommand };

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
export async function runCommand(command: Command, context: CommandContext): Promise<number> {
  if ('copy' in command) return load(command.copy, context);
  if ('unload' in command) return unload(command.unload, context);
  await runExternal(context.client, command.external);
  return 0;
}

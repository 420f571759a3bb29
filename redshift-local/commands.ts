import type { CommandContext } from './command-context.js';
import { load } from './copy/load.js';
import type { CopyCommand } from './sql/copy.js';
import type { ExternalCommand } from './external/parse-external.js';
import { runExternal } from './external/run-external.js';
import type { UnloadCommand } from './unload/parse-unload.js';
import { unload } from './unload/run-unload.js';

/** what PostgreSQL does not do by itself */
export type Command = { copy: CopyCommand } | { external: ExternalCommand } | { unload: UnloadCommand };

/** rows that the command touched */
export async function runCommand(command: Command, context: CommandContext): Promise<number> {
  if ('copy' in command) return load(command.copy, context);
  if ('unload' in command) return unload(command.unload, context);
  await runExternal(context.client, command.external);
  return 0;
}

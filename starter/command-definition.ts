import type { Command } from 'commander';
import type { Context } from '../control/context.js';
import type { ExitCode } from '../control/failure.js';

/** one command's options and work, loaded when the command line names it */
export interface CommandDefinition<Arguments extends unknown[], Options> {
  options?: (command: Command) => void;
  examples: string[];
  run(context: Context, options: Options & { json?: true }, ...args: Arguments): Promise<ExitCode>;
}

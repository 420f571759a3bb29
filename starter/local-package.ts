import type { AnyCommand } from './command-entry.js';
import { CommandFailure, exitCodes } from '../control/failure.js';

/** a variable: neither the compiler nor a bundler may take along what production has not installed */
const name: string = '@waterclock/local';

/** a command of the package that has the embedded stack */
export async function localCommand(command: 'start' | 'test'): Promise<AnyCommand> {
  const { commands } = (await import(name).catch(missing)) as { commands: Record<typeof command, AnyCommand> };
  return commands[command];
}

function missing(cause: unknown): never {
  const { code, message = '' } = cause as { code?: string; message?: string };
  if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw cause;
  throw new CommandFailure(
    exitCodes.usage,
    `the embedded stack is not installed here: npm install --save-dev ${name}`,
    { cause },
  );
}

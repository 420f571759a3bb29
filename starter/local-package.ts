import type { AnyCommand } from './command-entry.js';
import { CommandFailure, exitCodes } from '../control/failure.js';

/** a variable: neither the compiler nor a bundler may take the package along, which production has not installed */
const address = new URL('../local/main.js', import.meta.url).href;

/** a command of the package that has the embedded stack */
export async function localCommand(name: 'start' | 'test'): Promise<AnyCommand> {
  const { commands } = (await import(address).catch(missing)) as { commands: Record<typeof name, AnyCommand> };
  return commands[name];
}

function missing(cause: unknown): never {
  const { code, message = '' } = cause as { code?: string; message?: string };
  if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes('local/main.js')) throw cause;
  throw new CommandFailure(
    exitCodes.usage,
    'the embedded stack is not installed here: npm install --save-dev @waterclock/local',
    { cause },
  );
}

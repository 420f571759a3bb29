import type { Context } from '../control/context.js';
import { explain } from '../control/explain.js';
import type { ExitCode } from '../control/failure.js';
import { runProgram } from './program.js';

/** one command from its words to its exit code; what goes wrong is told in one sentence */
export async function runCommand(words: string[], context: Context): Promise<ExitCode> {
  try {
    return await runProgram(words, context);
  } catch (error) {
    const { message, exitCode } = explain(error);
    context.terminal.say(`${context.terminal.paint('red', 'error', 'stderr')}: ${message}`);
    return exitCode;
  } finally {
    await context.close();
  }
}

import { noWorker } from './ask-workflow.js';
import type { Context } from './context.js';
import { recentPollers } from './recent-pollers.js';

/**
 * before something is started: a command that waits for its end starts nothing without a worker, any other says that
 * it begins when one comes. `pipeline`: whose definition the worker should have as this project has it
 */
export async function needWorker(
  context: Context,
  what: string,
  isWaitedFor: boolean,
  pipeline?: string,
): Promise<void> {
  if ((await recentPollers(context)).length > 0) {
    const other = pipeline && (await (await import('./worker-definitions.js')).otherDefinition(context, pipeline));
    if (other) context.terminal.say(other);
    return;
  }
  const nobody = `no worker polls the task queue ${context.settings().taskQueue}`;
  if (isWaitedFor) throw noWorker(`${what} was not started, ${nobody}`);
  context.terminal.say(`${nobody}: ${what} begins when one does`);
}

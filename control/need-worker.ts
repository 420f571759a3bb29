import { setTimeout } from 'node:timers/promises';
import { noWorker } from './ask-workflow.js';
import type { Context } from './context.js';
import { recentPollers } from './recent-pollers.js';

/** ms that a worker which has just started is waited for: the server names it a moment after its first poll */
const mostWait = 3_000;
const lookEvery = 250;

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
  if (await isPolled(context, isWaitedFor ? mostWait : 0)) {
    const other = pipeline && (await (await import('./worker-definitions.js')).otherDefinition(context, pipeline));
    if (other) context.terminal.say(other);
    return;
  }
  const nobody = `no worker polls the task queue ${context.settings().taskQueue}`;
  if (isWaitedFor) throw noWorker(`${what} was not started, ${nobody}`);
  context.terminal.say(`${nobody}: ${what} begins when one does`);
}

async function isPolled(context: Context, most: number): Promise<boolean> {
  for (const until = Date.now() + most; ; await setTimeout(lookEvery)) {
    if ((await recentPollers(context)).length > 0) return true;
    if (Date.now() >= until) return false;
  }
}

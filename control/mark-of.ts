import type { Context } from './context.js';
import { newestMark, type ShownMark } from '../warehouse/mark.js';
import { rootMessage } from './explain.js';

/** the newest row of the run's name, when it is a mark */
export async function markOf(context: Context, run: string): Promise<ShownMark | undefined> {
  try {
    return await newestMark(await context.warehouse(), run);
  } catch (error) {
    context.terminal.say(`without the ledger: ${rootMessage(error)}`);
    return undefined;
  }
}

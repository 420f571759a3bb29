import type { Context } from '../context.js';
import { CommandFailure, exitCodes } from '../failure.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** work that starts programs: when the command is interrupted they end before it does */
export async function interruptible<T>(
  context: Pick<Context, 'takeSignals'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(new CommandFailure(exitCodes.interrupted, 'interrupted'));
  context.takeSignals();
  for (const signal of signals) process.on(signal, abort);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const signal of signals) process.off(signal, abort);
  }
}

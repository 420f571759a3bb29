import { Context } from '@temporalio/activity';
import type { GivenUp } from '../model/given-up.js';

/** shorter waits for a worker are not worth a call of their own */
const leastWait = 60_000;

/**
 * whether a failed attempt is the last of its call: its budget has ended, or it waited long for a worker.
 * The server's time of the attempt is compared, with how long it ran: clocks of workers differ
 */
export function lastOfItsCall(input: unknown, began: number): GivenUp | undefined {
  const { giveUpAt } = (input ?? {}) as { giveUpAt?: number };
  if (giveUpAt === undefined) return undefined;
  const { attempt, currentAttemptScheduledTimestampMs: scheduled } = Context.current().info;
  const waited = began - scheduled >= leastWait ? began - scheduled : 0;
  const ran = Date.now() - began;
  return waited > 0 || scheduled + ran >= giveUpAt ? { attempts: attempt, waited } : undefined;
}

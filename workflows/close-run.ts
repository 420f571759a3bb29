import { sleep } from '@temporalio/workflow';
import type { CloseInput } from '../activities/types.js';
import type { Failure } from '../model/run-result.js';
import { limitsOf, steps } from './activities.js';
import { failureOf } from './failure.js';
import { mayMend } from './tries.js';

const minute = 60_000;
/** between calls, each of which is tried for two minutes */
const longestWait = 15 * minute;
/** an outage that a person hears of */
const toldAfter = 60 * minute;
/** the lake keeps what happened: a ledger that is away for longer is made from it */
const givenUpAfter = 7 * 24 * 60 * minute;

interface Closing {
  input: CloseInput;
  /** ms */
  heartbeatTimeout: number;
  /** each time that the ledger did not take the run */
  onUnwritten(failure: Failure): void;
  onLongUnwritten(failure: Failure): Promise<void>;
}

/**
 * writes the ledger's rows, however long the warehouse is away: how the run ended stays as it is meanwhile, and it is
 * running until it is known everywhere
 */
export async function closeRun({
  input,
  heartbeatTimeout,
  onUnwritten,
  onLongUnwritten,
}: Closing): Promise<{ recovered: boolean }> {
  const planned = { heartbeatTimeout };
  const began = Date.now();
  for (let wait = minute; ; wait = Math.min(2 * wait, longestWait)) {
    try {
      return await steps(planned).close(input);
    } catch (error) {
      const failure = failureOf('close', error, undefined, limitsOf(planned));
      onUnwritten(failure);
      const away = Date.now() - began;
      if (away >= toldAfter || !mayMend(error)) await onLongUnwritten(failure);
      if (away >= givenUpAfter) return { recovered: false };
      await sleep(wait);
    }
  }
}

import {
  ActivityFailure,
  ApplicationFailure,
  sleep,
  TimeoutFailure,
  type ActivityOptions,
  type RetryPolicy,
} from '@temporalio/workflow';
import type { GivenUp } from '../model/given-up.js';

/** what a call of an activity is given on top of its input */
interface Given {
  /** epoch ms from which on a failure ends the call */
  giveUpAt?: number;
  /** what an attempt that was lost had kept for the next: another call does not get it from the server */
  resume?: unknown;
}
type Call<T> = (options: ActivityOptions, given?: Given) => Promise<T>;

/** how often an activity is called, and with what */
export type Tries = <T>(call: Call<T>) => Promise<T>;

export const once: Tries = (call) => call({});

interface Budget {
  retry: RetryPolicy & { initialInterval: number; maximumInterval: number; maximumAttempts: number };
  /** ms of one attempt */
  timeout: number;
  /** ms that a step may go on failing */
  budget: number;
}

/**
 * tries until it works, or has failed for as long as the budget says, counted from its first failure: what it waits for
 * before, for its due time, a sensor, a person or a worker, costs nothing. An attempt is never cut: one that runs when
 * the budget ends has its full time, and its outcome counts
 */
export function withinBudget({ retry, timeout, budget }: Budget): Tries {
  const alone = { ...retry, maximumAttempts: 1 };
  return async (call) => {
    let left = retry.maximumAttempts - 1;
    let wait: number;
    let resume: unknown;
    try {
      return await call({ retry: alone });
    } catch (error) {
      if (left === 0 || !mayMend(error)) throw error;
      wait = namedDelay(error) ?? retry.initialInterval;
      resume = timeoutOf(error)?.lastHeartbeatDetails;
    }
    let giveUpAt = Date.now() + budget;
    await sleep(wait);
    for (;;) {
      try {
        // the last attempt begins within an interval after the end of the budget, and has its full time
        const scheduleToCloseTimeout = Math.max(0, giveUpAt - Date.now()) + retry.maximumInterval + timeout;
        return await call({ retry: { ...retry, maximumAttempts: left }, scheduleToCloseTimeout }, { giveUpAt, resume });
      } catch (error) {
        resume = timeoutOf(error)?.lastHeartbeatDetails ?? resume;
        // no worker took it, or each was lost with it
        if (timeoutOf(error)?.timeoutType === 'SCHEDULE_TO_CLOSE') return await call({ retry: alone }, { resume });
        const ended = givenUp(error);
        if (!ended) throw error;
        left -= ended.attempts;
        giveUpAt += ended.waited;
        if (left <= 0 || Date.now() >= giveUpAt) throw error;
      }
    }
  };
}

function timeoutOf(error: unknown): TimeoutFailure | undefined {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure ? error.cause : undefined;
}

/** of the failure that an activity ended with; undefined when it did not fail by itself */
export function applicationFailureOf(error: unknown): ApplicationFailure | undefined {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : undefined;
}

export function mayMend(error: unknown): boolean {
  const failure = applicationFailureOf(error);
  return failure ? !failure.nonRetryable : timeoutOf(error) !== undefined;
}

function givenUp(error: unknown): GivenUp | undefined {
  const [details] = (applicationFailureOf(error)?.details ?? []) as [{ givenUp?: GivenUp }?];
  return details?.givenUp;
}

/** the time that the other side named */
function namedDelay(error: unknown): number | undefined {
  const delay = applicationFailureOf(error)?.nextRetryDelay;
  return typeof delay === 'number' ? delay : undefined;
}

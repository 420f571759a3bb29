import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  defineSignal,
  isCancellation,
  setHandler,
  TimeoutFailure,
} from '@temporalio/workflow';
import { upstreamLoaded } from '../model/names.js';
import type { RunRef } from '../model/keys.js';
import type { RunPlan } from '../model/plan.js';
import type { Policy } from '../model/policy.js';
import { looking, steps } from './activities.js';
import { failureOf } from './failure.js';
import { mayMend } from './tries.js';

const minute = 60_000;
const day = 1_440 * minute;

const upstreamLoadedSignal = defineSignal<[string]>(upstreamLoaded);

/** ms; a signal that was lost, and what was loaded by other means, are found so much later at most */
const lookAgainAfter = 20 * minute;
/** the same of a run that has waited for a day: a look is eleven events, and history ends at 51,200 */
const lookSeldomAfter = 60 * minute;

interface Wait {
  run: RunRef;
  plan: RunPlan;
  only?: 'upstream' | 'source';
  every: number;
  timeout: number;
  /** epoch ms */
  until: number;
  /** shows what is not there yet */
  tell(missing: string): void;
}

/** waits, without holding a slot, until what the run waits for is there: other pipelines first, then its own source */
export async function waitUntilReady(
  { run, plan }: Pick<Wait, 'run' | 'plan'>,
  policy: Policy,
  tell: Wait['tell'],
): Promise<string> {
  const { every, timeout } = policy.waitFor ?? { every: minute, timeout: day };
  const wait: Wait = { run, plan, every, timeout, until: Date.now() + timeout, tell };
  if (policy.after.length === 0) return lookEvery(wait);
  const found = await waitForUpstream(wait);
  if (!policy.waitFor && !plan.keepsState) return found;
  return `${found}, ${await lookEvery({ ...wait, only: 'source' })}`;
}

/** looks once, then whenever a pipeline says that it has loaded, and now and then in case nobody does */
async function waitForUpstream({ run, plan, timeout, until, tell }: Wait): Promise<string> {
  const began = Date.now();
  let told = 0;
  setHandler(upstreamLoadedSignal, () => void told++);
  for (;;) {
    const before = told;
    const { missing, found } = await lookOnce(run, plan);
    if (!missing) return found;
    tell(missing);
    const left = until - Date.now();
    if (left <= 0) throw sensorTimeout(missing, timeout);
    const again = Date.now() - began < day ? lookAgainAfter : lookSeldomAfter;
    await condition(() => told > before, Math.min(again, left));
  }
}

/** a lake that is away is a look in vain: it never ends the wait */
async function lookOnce(run: RunRef, plan: RunPlan): Promise<{ missing?: string; found: string }> {
  try {
    return await steps(plan).ready({ run, plan: plan.ref, only: 'upstream' });
  } catch (error) {
    if (isCancellation(error) || !mayMend(error)) throw error;
    return { missing: failureOf('wait', error).message, found: '' };
  }
}

/** looks until it is there; the server counts the looks: one that was an activity of its own would cost eleven events */
async function lookEvery({ run, plan, only, every, timeout, until }: Wait): Promise<string> {
  try {
    const asked = { run, plan: plan.ref, ...(only && { only }), fails: true as const };
    return (await looking(plan, every, until - Date.now()).ready(asked)).found;
  } catch (error) {
    throw timeUp(error, timeout);
  }
}

function sensorTimeout(why: string, timeout: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`waited ${timeout / minute} minutes: ${why}`, 'SensorTimeout');
}

/** with what the last look found, when time is up, also while one was under way; else the error itself */
function timeUp(error: unknown, timeout: number): unknown {
  if (!(error instanceof ActivityFailure)) return error;
  const { cause, retryState } = error;
  if (cause instanceof TimeoutFailure) return sensorTimeout(cause.cause?.message ?? cause.message, timeout);
  return retryState === 'TIMEOUT' ? sensorTimeout(cause?.message ?? error.message, timeout) : error;
}

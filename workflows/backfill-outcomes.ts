import { isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { EnsuredRun } from '../activities/types.js';
import type { BackfillInput, BackfillResult, BackfillState } from '../model/backfill.js';
import {
  addToStreak,
  enoughFailures,
  holdText,
  isCommonCause,
  mostHolds,
  probeWait,
  type Hold,
  type Taken,
} from '../model/hold.js';
import { runName } from '../model/names.js';
import type { AlertKind } from '../model/policy.js';
import { failureOf } from './failure.js';
import { raiseAlert } from './raise-alert.js';

const mostListed = 200;

/**
 * counts what ended; on a few failures in a row of a common cause the backfill pauses itself, and goes on once a probe
 * does not fail so: docs/backfill.md has the rule
 */
export function outcomes(input: BackfillInput, state: BackfillState) {
  const { progress } = state;
  const again = (state.again ??= []);
  let telling = 0;
  return { ended, failed, ledgerAway, goOn, leave, isTelling: () => telling > 0 };

  function ended({ isProbe, ...taken }: Taken, ensured: EnsuredRun): void {
    const { hold } = progress;
    if ('error' in ensured && isCommonCause(ensured.cause) && mayPause()) {
      const { cause, error } = ensured;
      const failure = { ...taken, error: error.slice(0, 500) };
      if (!hold || (!isProbe && isOfItself(taken))) commonFailure(failure, cause, ensured);
      else again.push(isProbe ? failure : withHold(failure));
      if (hold && isProbe) probed(hold, cause, error);
      return;
    }
    count(progress, ensured);
    if (hold && isProbe) {
      // what was loaded before says nothing about the cause
      if (ensured.status === 'loaded earlier') hold.nextProbe = now();
      else goOn('recovered');
    } else if (ensured.status === 'completed') delete state.streak;
  }

  /** of a run that could not even be waited for */
  function failed(taken: Taken, error: unknown): EnsuredRun {
    const { type, message } = failureOf('run', error);
    return { status: 'failed', run: runName(input.pipeline, taken), error: `${type}: ${message}`, cause: type };
  }

  function commonFailure(taken: Taken, cause: string, ensured: EnsuredRun & { error: string }): void {
    count(progress, ensured);
    if (progress.hold || isOfItself(taken)) return;
    state.streak = addToStreak(state.streak, cause, taken);
    if (state.streak.failed.length < enoughFailures) return;
    for (const one of state.streak.failed) {
      uncount(runName(input.pipeline, one));
      again.push(withHold(one));
    }
    pause(cause, ensured.error);
  }

  /** which intervals are left to run is not known: the range waits */
  function ledgerAway(error: unknown): void {
    if (isCancellation(error)) throw error;
    const { type, message } = failureOf('ledger', error);
    if (progress.hold) probed(progress.hold, type, message);
    else pause(type, message);
  }

  function pause(cause: string, error: string): void {
    delete state.streak;
    const message = error.slice(0, 500);
    progress.hold = { cause, message, since: now(), probes: 0, nextProbe: later(probeWait(0)) };
    tell(
      'failed',
      holdText(progress.hold),
      `\`waterclock backfill resume ${workflowInfo().workflowId}\` goes on at once`,
    );
  }

  function probed(hold: Hold, cause: string, error: string): void {
    const probes = hold.probes + 1;
    Object.assign(hold, { cause, message: error.slice(0, 500), probes, nextProbe: later(probeWait(probes)) });
  }

  /** what failed meanwhile is tried again first */
  function goOn(why: 'recovered' | 'by hand'): void {
    const { hold } = progress;
    delete progress.hold;
    delete state.streak;
    if (hold && why === 'recovered')
      tell('recovered', `goes on: a run did not fail any more (${hold.cause}: ${hold.message})`);
  }

  /** what is not tried again any more has failed */
  function leave(): void {
    delete progress.hold;
    for (const { error, ...interval } of again.splice(0)) {
      if (error) count(progress, { status: 'failed', run: runName(input.pipeline, interval), error });
    }
  }

  function mayPause(): boolean {
    return !state.keepGoing && !state.isCancelled;
  }

  function tell(kind: AlertKind, message: string, remedy?: string): void {
    const { workflowId } = workflowInfo();
    const { pipeline, from, to } = input;
    const subject = `${workflowId}-${now()}`;
    const alert = {
      kind,
      pipeline,
      subject,
      interval: { start: from, end: to },
      step: 'backfill',
      message,
      workflowId,
    };
    telling++;
    void raiseAlert({ ...alert, ...(remedy && { remedy }) }, input)
      // the range does not depend on it
      .catch((error: unknown) => log.warn('the alert was not started', { error }))
      .finally(() => telling--);
  }

  function uncount(run: string): void {
    progress.started--;
    progress.failedCount--;
    progress.failed = progress.failed.filter((failed) => failed.run !== run);
  }
}

const isOfItself = ({ holds = 0 }: Taken) => holds >= mostHolds;
const withHold = (taken: Taken): Taken => ({ ...taken, holds: (taken.holds ?? 0) + 1 });
const now = () => later(0);
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

function count(progress: BackfillResult, ensured: EnsuredRun): void {
  if (ensured.status === 'loaded earlier') progress.loadedEarlier++;
  else progress.started++;
  if (!('error' in ensured)) {
    progress.succeeded++;
    return;
  }
  progress.failedCount++;
  if (progress.failed.length < mostListed) {
    progress.failed.push({ run: ensured.run, error: ensured.error.slice(0, 500) });
  }
}

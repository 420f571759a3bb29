import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { maxActiveProblem, type BackfillInput, type BackfillState } from '../model/backfill.js';
import type { DownstreamInput } from '../model/downstream.js';
import type { Taken } from '../model/hold.js';
import type { ListedInterval } from '../model/retry.js';
import { iso, intervalsBetween, parseTime } from '../model/interval.js';

/** state of a backfill's first execution */
export function begin(input: BackfillInput): BackfillState {
  const { grid, from, to, retries, listed, maxActive, keepGoing = false } = input;
  const problem = maxActiveProblem(maxActive);
  if (problem) throw ApplicationFailure.nonRetryable(problem, 'InvalidInput');
  const total = listed?.count ?? retries?.length ?? intervalsBetween(grid, parseTime(from), parseTime(to)).length;
  const { startTime } = workflowInfo();
  return {
    progress: {
      pipeline: input.pipeline,
      status: 'running',
      total,
      started: 0,
      loadedEarlier: 0,
      succeeded: 0,
      failedCount: 0,
      failed: [],
      active: [],
      maxActive,
      since: iso(Math.floor(startTime.getTime() / 1000) * 1000),
    },
    since: startTime.toISOString(),
    next: input.backwards ? to : from,
    inFlight: [],
    keepGoing,
    maxActive,
    isPaused: false,
    isCancelled: false,
  };
}

export const triggerOf = ({ trigger = 'backfill' }: BackfillInput) => trigger;

/** what the run of one interval is asked to do */
export function askFor(
  input: BackfillInput,
  { start, end, since }: Taken,
  retry: ListedInterval['retry'],
  began: string,
) {
  const { pipeline, grid, fromStep, dbt, allowEmpty, params, reprocess = 'failed' } = input;
  const run = {
    pipeline,
    grid,
    trigger: triggerOf(input),
    ...(fromStep && { from: fromStep }),
    dbt: dbt === 'skip' ? ('skip' as const) : ('defer' as const),
    ...(allowEmpty && { allowEmpty }),
    params,
    ...retry,
    interval: { start, end },
  };
  // what failed a moment ago is in the ledger as one that ran
  return {
    run,
    reprocess: since && reprocess === 'none' ? ('failed' as const) : reprocess,
    since: since ?? began,
    ...(input.again && { again: input.again }),
  };
}

/** what is asked to follow it */
export function followersOf(
  { pipeline, from, to, dbt }: BackfillInput,
  { since, maxActive }: BackfillState,
): DownstreamInput {
  return { pipeline, from, to, since, maxActive, dbt };
}

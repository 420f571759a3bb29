import {
  ApplicationFailure,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { attributes, startAttributes } from '../model/attributes.js';
import { dueAt, iso } from '../model/interval.js';
import { ownPartitions, type RunRef } from '../model/keys.js';
import type { RunPlan, RunInput } from '../model/plan.js';
import type { RunResult } from '../model/run-result.js';
import { planning, waiting } from './activities.js';
import { endRun } from './end-run.js';
import { failureOf } from './failure.js';
import { intervalOf } from './interval-of.js';
import { parking } from './park.js';
import { restartAtReset, type Pass } from './restart-at-reset.js';
import { runAlerts } from './run-alerts.js';
import { budgetOf, timeToNext } from './run-budget.js';
import { runSteps } from './run-steps.js';
import { work, type RunState } from './run-work.js';
import { watchDeadline } from './watch-deadline.js';

/** one pipeline, one interval: extract, validate, then each entity to Parquet and the warehouse, then dbt */
export function pipelineRun(input: RunInput): Promise<RunResult> {
  return restartAtReset((pass) => carryOut(input, pass));
}

async function carryOut(input: RunInput, pass: Pass): Promise<RunResult> {
  const { workflowId, runId } = workflowInfo();
  const { interval, isOffGrid } = intervalOf(input);
  const { pipeline, trigger, grid } = input;
  const run: RunRef = { pipeline, interval, workflowId, runId, trigger, ...ownPartitions(grid) };
  // a schedule cannot know the interval when it starts the run
  if (!input.interval) upsertSearchAttributes(startAttributes(input, interval));
  if (isOffGrid) return asTheRun(run, input);

  const state: RunState = { failures: [], entities: {}, late: false, isSkipped: false };
  const plan = await planned(run, input, state);
  if (!plan) return endRun({ input, run, state, pass, status: state.cancelled ? 'cancelled' : 'failed' });

  const due = dueAt(input.grid, interval);
  const isScheduled = input.trigger === 'schedule';
  const alerts = runAlerts(run, plan.policy, pass);
  const stopWatching = watchDeadline(isScheduled && plan.deadline ? due + plan.deadline : undefined, async () => {
    state.late = true;
    upsertSearchAttributes([{ key: attributes.Late, value: true }]);
    await alerts.raise('late', `not loaded by ${iso(due + (plan.deadline ?? 0))}, its deadline; the work goes on`);
  });
  const runner = runSteps({
    plan,
    budget: budgetOf(input, interval, plan.policy),
    park: plan.policy?.onFailure === 'park' ? parking(plan.policy.parkFor) : undefined,
    onParked: (failure, again) =>
      alerts.raiseFailure(failure, `it is parked: waterclock resolve ${workflowId} retry|skip|fail`, again),
    onFailure(failure, isSkipped) {
      if (isSkipped) state.isSkipped = true;
      else state.failures.push(failure);
    },
  });
  const status = await work({ input, run, plan, state, runner, dueAt: isScheduled ? due : undefined });
  stopWatching();
  return endRun({ input, run, plan, state, pass, status, table: runner.table });
}

/** undefined when there is none: the failure, or the cancellation, is in the state */
async function planned(run: RunRef, input: RunInput, state: RunState): Promise<RunPlan | undefined> {
  const { interval, trigger } = run;
  const budget = trigger === 'schedule' ? timeToNext(input.grid, interval) : undefined;
  try {
    return await planning(budget).plan({ input: { ...input, interval }, run });
  } catch (error) {
    if (isCancellation(error)) state.cancelled = error;
    else state.failures.push(failureOf('plan', error));
    return undefined;
  }
}

/** a start by hand: the interval has a run of its own name, which is started or waited for */
async function asTheRun(run: RunRef, input: RunInput): Promise<RunResult> {
  const since = workflowInfo().startTime.toISOString();
  const given = { ...input, interval: run.interval, trigger: 'manual' as const };
  const ensured = await waiting().ensureRun({ run: given, reprocess: 'failed', since });
  setCurrentDetails(`${ensured.status}: ${ensured.run}`);
  if ('error' in ensured) throw ApplicationFailure.nonRetryable(`${ensured.run}: ${ensured.error}`, 'RunFailed');
  return { run: { ...run, workflowId: ensured.run }, entities: {}, late: false };
}

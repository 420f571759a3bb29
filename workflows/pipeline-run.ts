import {
  ApplicationFailure,
  CancellationScope,
  patched,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { attributes, startAttributes } from '../model/attributes.js';
import { remedyFor } from '../model/errors.js';
import { dueAt, firstFrom, iso, type Interval } from '../model/interval.js';
import { ownPartitions, type RunRef } from '../model/keys.js';
import type { FailedSteps, Failure, Plan, RunInput, RunResult } from '../model/plan.js';
import { plan as planRun, steps, waiting } from './activities.js';
import { intervalOf } from './interval-of.js';
import { parking } from './park.js';
import { runAlerts } from './run-alerts.js';
import { runSteps } from './run-steps.js';
import { work, type RunState } from './run-work.js';
import { watchDeadline } from './watch-deadline.js';

/** one pipeline, one interval: extract, validate, then each entity to Parquet and the warehouse, then dbt */
export async function pipelineRun(input: RunInput): Promise<RunResult> {
  const { workflowId, firstExecutionRunId: runId, startTime } = workflowInfo();
  const { interval, isOffGrid } = intervalOf(input);
  const { pipeline, trigger, grid } = input;
  const run: RunRef = { pipeline, interval, workflowId, runId, trigger, ...ownPartitions(grid) };
  // a schedule cannot know the interval when it starts the run
  if (!input.interval) upsertSearchAttributes(startAttributes(input, interval));
  if (isOffGrid && patched('one-run-an-interval')) return asTheRun(run, input);
  const plan = await planRun({ input: { ...input, interval }, run });

  const due = dueAt(input.grid, interval);
  const isScheduled = input.trigger === 'schedule';
  const state: RunState = { failures: [], entities: {}, late: false, isSkipped: false };
  const alerts = runAlerts(run, plan);
  const stopWatching = watchDeadline(isScheduled && plan.deadline ? due + plan.deadline : undefined, async () => {
    state.late = true;
    upsertSearchAttributes([{ key: attributes.Late, value: true }]);
    await alerts.raise('late', `not loaded by ${iso(due + (plan.deadline ?? 0))}, its deadline; the work goes on`);
  });
  const runner = runSteps({
    plan,
    giveUpAt: isScheduled ? budgetEnd(input, interval, plan) : undefined,
    park: plan.policy?.onFailure === 'park' ? parking(plan.policy.parkFor) : undefined,
    onParked: (failure) =>
      alerts.raiseFailure(failure, `it is parked: waterclock resolve ${workflowId} retry|skip|fail`),
    onFailure(failure, isSkipped) {
      if (isSkipped) state.isSkipped = true;
      else state.failures.push(failure);
    },
  });
  const status = await work({ input, run, plan, state, runner, dueAt: isScheduled ? due : undefined });
  stopWatching();

  const rejected = sum(state, 'rejected') + (state.counts?.unparseable ?? 0);
  upsertSearchAttributes([
    { key: attributes.RowsLoaded, value: sum(state, 'loaded') },
    { key: attributes.RowsRejected, value: rejected },
  ]);
  await CancellationScope.nonCancellable(async () => {
    const closed = await steps(plan).close({
      run,
      plan,
      dueAt: iso(due),
      startedAt: startTime.toISOString(),
      finishedAt: new Date().toISOString(),
      status,
      late: state.late,
      failures: state.failures,
      steps: runner.outcomes(),
      ...(state.extracted && { extracted: state.extracted }),
      ...(state.counts && { counts: state.counts }),
    });
    const [failure] = state.failures;
    if (failure) await alerts.raiseFailure(failure);
    if (rejected > 0)
      await alerts.raise('rejected', `${rejected} records were rejected`, `waterclock rejected ${run.pipeline}`);
    if (state.unmatched) await alerts.raise('unmatched', state.unmatched, remedyFor('Unmatched'));
    // results recorded by earlier versions have none
    if (closed?.recovered) await alerts.raise('recovered', 'loaded, after an earlier run of the interval failed');
  });
  if (state.cancelled) throw state.cancelled;
  if (state.failures.length > 0) {
    const details: FailedSteps = { failedSteps: state.failures.map(({ step }) => step) };
    throw ApplicationFailure.nonRetryable(state.failures.map(tell).join('; '), 'RunFailed', details);
  }
  return { run, entities: state.entities, late: state.late, ...(state.counts && { counts: state.counts }) };
}

/** a start by hand: the interval has a run of its own name, which is started or waited for */
async function asTheRun(run: RunRef, input: RunInput): Promise<RunResult> {
  const since = iso(Math.floor(workflowInfo().startTime.getTime() / 1000) * 1000);
  const given = { ...input, interval: run.interval, trigger: 'manual' as const };
  const ensured = await waiting().ensureRun({ run: given, reprocess: 'failed', since });
  setCurrentDetails(`${ensured.status}: ${ensured.run}`);
  if ('error' in ensured) throw ApplicationFailure.nonRetryable(`${ensured.run}: ${ensured.error}`, 'RunFailed');
  return { run: { ...run, workflowId: ensured.run }, entities: {}, late: false };
}

/** a scheduled run tries until its next interval is due, unless its definition says otherwise */
function budgetEnd({ grid }: RunInput, interval: Interval, { policy }: Plan): number | undefined {
  if (!policy || policy.retryBudget === 'unlimited') return undefined;
  if (policy.retryBudget !== undefined) return dueAt(grid, interval) + policy.retryBudget;
  return dueAt(grid, firstFrom(grid, Date.parse(interval.end)));
}

function tell({ step, entity, type, message }: Failure): string {
  return `${step}${entity ? ` ${entity}` : ''}: ${type}: ${message}`;
}

function sum({ entities }: RunState, what: 'loaded' | 'rejected'): number {
  return Object.values(entities).reduce((total, entity) => total + (entity[what] ?? 0), 0);
}

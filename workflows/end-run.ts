import { ApplicationFailure, CancellationScope, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { attributes } from '../model/attributes.js';
import { remedyFor } from '../model/errors.js';
import { dueAt, iso } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import type { Params } from '../model/params.js';
import type { RunPlan, RunInput } from '../model/plan.js';
import type { FailedSteps, Failure, RunResult, RunStatus } from '../model/run-result.js';
import type { Policy } from '../model/policy.js';
import { unplannedChannels } from './activities.js';
import { closeRun } from './close-run.js';
import { liveTable } from './live-table.js';
import type { Pass } from './restart-at-reset.js';
import { runAlerts } from './run-alerts.js';
import type { RunState } from './run-work.js';
import { startDownstream } from './start-downstream.js';

/** runs at a time of each pipeline that used a run made again */
const followersActive = 4;

interface Ending {
  input: RunInput;
  run: RunRef;
  /** absent when it could not be made */
  plan?: RunPlan;
  state: RunState;
  pass: Pass;
  status: RunStatus;
  table?: ReturnType<typeof liveTable>;
}

/** people first, whatever becomes of the ledger; then the ledger; the result or the failure of the run at last */
export async function endRun(ending: Ending): Promise<RunResult> {
  const { run, state, pass } = ending;
  const { startTime } = workflowInfo();
  // what another pass has begun meanwhile, this one must not end
  if (pass.isOver()) return new Promise(() => undefined);
  const rejected = sum(state, 'rejected') + (state.counts?.unparseable ?? 0);
  upsertSearchAttributes([
    { key: attributes.RowsLoaded, value: sum(state, 'loaded') },
    { key: attributes.RowsRejected, value: rejected },
  ]);
  const finishedAt = new Date().toISOString();
  await CancellationScope.nonCancellable(async () => {
    const policy = ending.plan ? ending.plan.policy : await unplannedPolicy(ending);
    const alerts = runAlerts(run, policy, pass);
    const raiseAll = async () => {
      const [failure] = state.failures;
      if (failure) await alerts.raiseFailure(failure);
      // a run that fails of them says so
      if (rejected > 0 && !state.failures.some(({ step }) => step === 'validate'))
        await alerts.raise('rejected', `${rejected} records were rejected`, `waterclock rejected ${run.pipeline}`);
      if (state.unmatched) await alerts.raise('unmatched', state.unmatched, remedyFor('Unmatched'));
    };
    await raiseAll();
    const { recovered } = await close(ending, { startedAt: startTime.toISOString(), finishedAt }, alerts);
    if (recovered) await alerts.raise('recovered', 'loaded, after an earlier run of the interval failed');
    const { input, status } = ending;
    if (input.downstream && status === 'completed' && !pass.isOver()) {
      const { pipeline, interval } = run;
      const since = startTime.toISOString();
      const asked = { pipeline, from: interval.start, to: interval.end, since, maxActive: followersActive };
      await startDownstream(run.workflowId, { ...asked, dbt: input.dbt });
    }
  });
  if (pass.isOver()) return new Promise(() => undefined);
  if (state.cancelled) throw state.cancelled;
  if (state.failures.length > 0) {
    const details: FailedSteps = {
      failedSteps: state.failures.map(({ step }) => step),
      types: state.failures.map(({ type }) => type),
    };
    throw ApplicationFailure.nonRetryable(state.failures.map(tell).join('; '), 'RunFailed', details);
  }
  return { run, entities: state.entities, late: state.late, ...(state.counts && { counts: state.counts }) };
}

/** of a run without a plan a worker says where alerts can go */
async function unplannedPolicy({ run, state }: Ending): Promise<Pick<Policy, 'alerts'> | undefined> {
  if (state.failures.length === 0) return undefined;
  return { alerts: { failed: await unplannedChannels(run.pipeline) } };
}

function close(
  { input, run, plan, state, status, table }: Ending,
  times: { startedAt: string; finishedAt: string },
  alerts: ReturnType<typeof runAlerts>,
): Promise<{ recovered: boolean }> {
  const closing = {
    run,
    ...(plan && { plan: plan.ref }),
    ...withParams(plan ? plan.params : input.params),
    dueAt: iso(dueAt(input.grid, run.interval)),
    ...times,
    status,
    late: state.late,
    failures: state.failures,
    steps: table?.lines() ?? [],
    ...(state.extracted && { extracted: state.extracted }),
    ...(state.counts && { counts: state.counts }),
  };
  return closeRun({
    input: closing,
    heartbeatTimeout: plan?.heartbeatTimeout ?? 10_000,
    onUnwritten({ type, message }) {
      const shown = table ?? liveTable(input.params);
      shown.enter('close');
      const told = `${status}; the ledger has no row of it yet: ${type}: ${message}`.slice(0, 200);
      shown.show({ step: 'close', state: 'running', told });
    },
    onLongUnwritten: ({ type, message }) =>
      alerts.raiseFailure({
        step: 'close',
        type,
        message: `the run has ended as ${status}, the ledger has no row of it yet: ${message}`,
      }),
  });
}

const withParams = (params: Params | undefined) => params && { params };

function tell({ step, entity, type, message }: Failure): string {
  return `${step}${entity ? ` ${entity}` : ''}: ${type}: ${message}`;
}

function sum({ entities }: RunState, what: 'loaded' | 'rejected'): number {
  return Object.values(entities).reduce((total, entity) => total + (entity[what] ?? 0), 0);
}

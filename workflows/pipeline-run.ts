import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { attributes, startAttributes } from '../model/attributes.js';
import { dueAt, iso } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import {
  steps as order,
  type Extracted,
  type FailedSteps,
  type Failure,
  type Loaded,
  type Plan,
  type RunInput,
  type RunResult,
  type RunStatus,
  type Step,
  type Validated,
} from '../model/plan.js';
import { plan as planRun, steps, waiting } from './activities.js';
import { askForBuild } from './ask-for-build.js';
import { failureOf } from './failure.js';
import { intervalOf } from './interval-of.js';
import { liveTable } from './live-table.js';
import { pool } from './pool.js';

/** parts of one run that are validated at once, over all workers */
const activeParts = 8;

/** one pipeline, one interval: extract, validate, then each entity to Parquet and the warehouse, then dbt */
export async function pipelineRun(input: RunInput): Promise<RunResult> {
  const { workflowId, firstExecutionRunId: runId, startTime } = workflowInfo();
  const { interval, isOffGrid } = intervalOf(input);
  const run: RunRef = { pipeline: input.pipeline, interval, workflowId, runId, trigger: input.trigger };
  // a schedule cannot know the interval when it starts the run
  if (!input.interval) upsertSearchAttributes(startAttributes(input, interval));
  if (isOffGrid && patched('one-run-an-interval')) return asTheRun(run, input);
  const due = dueAt(input.grid, interval);
  const plan = await planRun({ input: { ...input, interval }, run });
  const isScheduled = input.trigger === 'schedule';
  if (isScheduled && due > Date.now()) await sleep(due - Date.now());

  const state: State = { failures: [], entities: {}, late: false };
  const stopWatching = isScheduled && plan.deadline ? watchDeadline(due + plan.deadline, state) : () => undefined;
  const status = await work({ input, run, plan, state });
  stopWatching();

  upsertSearchAttributes([
    { key: attributes.RowsLoaded, value: sum(state, 'loaded') },
    { key: attributes.RowsRejected, value: sum(state, 'rejected') },
  ]);
  await CancellationScope.nonCancellable(() =>
    steps(plan.heartbeatTimeout).close({
      run,
      plan,
      dueAt: iso(due),
      startedAt: startTime.toISOString(),
      finishedAt: new Date().toISOString(),
      status,
      late: state.late,
      failures: state.failures,
      ...(state.extracted && { extracted: state.extracted }),
      ...(state.counts && { counts: state.counts }),
    }),
  );
  if (state.cancelled) throw state.cancelled;
  if (state.failures.length > 0) {
    const told = state.failures.map(
      ({ step, entity, type, message }) => `${step}${entity ? ` ${entity}` : ''}: ${type}: ${message}`,
    );
    const steps: FailedSteps = { failedSteps: state.failures.map(({ step }) => step) };
    throw ApplicationFailure.nonRetryable(told.join('; '), 'RunFailed', steps);
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
  return { run, entities: {}, late: false };
}

interface State extends Pick<RunResult, 'counts' | 'entities' | 'late'> {
  failures: Failure[];
  extracted?: Extracted;
  cancelled?: unknown;
}

interface Work {
  input: RunInput;
  run: RunRef;
  plan: Plan;
  state: State;
}

/** the steps, in order; what fails is kept in the state and told at the end */
async function work({ input, run, plan, state }: Work): Promise<RunStatus> {
  const activities = steps(plan.heartbeatTimeout);
  const table = liveTable();
  const isWanted = (step: Step) =>
    order.indexOf(step) >= order.indexOf(input.from ?? 'extract') &&
    order.indexOf(step) <= order.indexOf(input.until ?? 'dbt');

  async function told<T>(step: Step, work: () => Promise<T>, tell: (result: T) => string, entity?: string): Promise<T> {
    const name = entity ? `${step} ${entity}` : step;
    table.enter(step);
    table.show({ step: name, state: 'running' });
    try {
      const result = await work();
      const manifest = (result as { manifest?: Extracted['manifest'] }).manifest;
      table.show({ step: name, state: 'done', told: tell(result), ...(manifest && { manifest }) });
      return result;
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = failureOf(step, error, entity);
      state.failures.push(failure);
      table.show({ step: name, state: 'failed', told: failure.message.replaceAll('|', '/').slice(0, 200) });
      throw new StepFailed();
    }
  }

  async function validated(extracted: Extracted): Promise<Validated> {
    const parts = Array.from({ length: extracted.parts }, (_, part) => part);
    const settled = await pool(parts, activeParts, (part) =>
      activities.validatePart({ run, plan, extracted: extracted.manifest, part }),
    );
    const broken = settled.find((result) => result.status === 'rejected');
    if (broken) throw broken.reason;
    return activities.validate({ run, plan, extracted: extracted.manifest });
  }

  async function loaded(entity: string, validated: Validated): Promise<Loaded | undefined> {
    const encoded = isWanted('parquet')
      ? await told(
          'parquet',
          () => activities.parquet({ run, plan, entity, validated: validated.manifest }),
          ({ rows, files }) => `${rows} rows, ${files} files`,
          entity,
        )
      : plan.reuse?.encoded?.[entity];
    if (!encoded || !isWanted('copy')) return undefined;
    const done = await told(
      'copy',
      () => activities.copy({ run, plan, entity, encoded: encoded.manifest }),
      tellLoad,
      entity,
    );
    state.entities[entity] = {
      valid: done.valid,
      rejected: validated.entities[entity]?.rejected ?? 0,
      loaded: done.inserted + done.updated,
    };
    return done;
  }

  const reused = (step: Step, { manifest }: { manifest: Extracted['manifest'] }) =>
    table.show({ step, state: 'reused', told: `from run ${plan.reuse?.run ?? ''}`, manifest });

  try {
    if (plan.reuse?.extracted) reused('extract', plan.reuse.extracted);
    if (plan.reuse?.validated) reused('validate', plan.reuse.validated);
    const extracted = isWanted('extract')
      ? await told(
          'extract',
          () => activities.extract({ run, plan }),
          ({ files, bytes }) => `${files} files, ${bytes} bytes`,
        )
      : plan.reuse?.extracted;
    if (!extracted) return 'partial';
    state.extracted = extracted;
    const checked = isWanted('validate')
      ? await told('validate', () => validated(extracted), tellCounts)
      : plan.reuse?.validated;
    if (!checked) return 'partial';
    state.counts = checked.counts;
    state.entities = checked.entities;
    // entities are independent: one that fails does not stop the others
    const settled = await Promise.allSettled(plan.entities.map((entity) => loaded(entity.name, checked)));
    const broken = settled.find((result) => result.status === 'rejected');
    if (broken) throw broken.reason;
    if (!isWanted('copy') && !isWanted('dbt')) return 'partial';
    if (isWanted('dbt') && input.dbt === 'build' && plan.dbtSelect) {
      const select = plan.dbtSelect;
      await told(
        'dbt',
        () => built(plan.dbtTarget, select),
        ({ ok }) => `${ok} ok`,
      );
    }
    return plan.left ? 'partial' : 'completed';
  } catch (error) {
    if (error instanceof StepFailed) return 'failed';
    if (!isCancellation(error)) throw error;
    state.cancelled = error;
    return 'cancelled';
  }
}

/** told already, in the table and in the state */
class StepFailed extends Error {}

async function built(target: string, select: string) {
  const answer = await askForBuild(target, select);
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  const { result } = answer;
  if (result.status === 'success') return result;
  const names = result.failures.map(({ name, message }) => `${name}: ${message}`).join('; ');
  throw ApplicationFailure.nonRetryable(`${result.failed} failed, ${result.skipped} skipped: ${names}`, 'DbtFailed');
}

function watchDeadline(deadline: number, state: State): () => void {
  const scope = new CancellationScope();
  scope
    .run(async () => {
      await sleep(Math.max(1, deadline - Date.now()));
      state.late = true;
      upsertSearchAttributes([{ key: attributes.Late, value: true }]);
    })
    .catch(() => undefined);
  return () => scope.cancel();
}

function tellCounts({ counts, entities, drift = {} }: Validated): string {
  const rejected = Object.values(entities).reduce((sum, entity) => sum + entity.rejected, counts.unparseable);
  const drifted = Object.entries(drift).map(([entity, fields]) => `; fields of ${entity}: ${fields}`);
  return `${counts.records} records, ${counts.ignored} ignored, ${counts.dropped} dropped, ${rejected} rejected${drifted.join('')}`;
}

function tellLoad({ outcome, inserted, updated, deleted }: Loaded): string {
  return `${outcome}: ${inserted} inserted, ${updated} updated, ${deleted} deleted`;
}

function sum({ entities }: State, what: 'loaded' | 'rejected'): number {
  return Object.values(entities).reduce((total, entity) => total + (entity[what] ?? 0), 0);
}

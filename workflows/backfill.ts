import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { iso, intervalsBetween, parseTime, type Interval } from '../model/interval.js';
import { runName } from '../model/names.js';
import type { BackfillInput, BackfillResult, BackfillState } from '../model/backfill.js';
import type { EnsuredRun } from '../activities/types.js';
import { cancelRuns, waiting } from './activities.js';
import { askForBuild } from './ask-for-build.js';
import { backfillTable } from './backfill-table.js';
import { intervalsLeft } from './intervals-left.js';

/** runs of one execution: far below what one history holds */
const runsAnExecution = 200;
const mostActive = 100;
const mostListed = 200;

const progressQuery = defineQuery<BackfillResult>('progress');
const setMaxActive = defineUpdate<BackfillResult, [number]>('setMaxActive');
const pause = defineUpdate<BackfillResult>('pause');
const resume = defineUpdate<BackfillResult>('resume');
const cancel = defineUpdate<BackfillResult, [{ now: boolean }]>('cancel');

/**
 * every interval of a range, at most `maxActive` runs at once, in a sliding window: a slow one holds no other, one that
 * fails is listed; one dbt build at the end
 */
export async function backfill(input: BackfillInput): Promise<BackfillResult> {
  const state = input.carried ?? begin(input);
  const { progress } = state;
  const left = intervalsLeft(input, state);
  const { ensureRun } = waiting(input.heartbeatTimeout);
  const retries = new Map(input.retries?.map((retry) => [retry.interval.start, retry]));
  const window = new Map<string, Interval>();
  let taken = 0;
  let isExhausted = false;
  // set by whatever may let the loop go on
  let hasChanged = false;

  function tell(): BackfillResult {
    hasChanged = true;
    progress.maxActive = state.maxActive;
    progress.active = [...window.values()].map((interval) => runName(input.pipeline, interval));
    progress.status = state.isCancelled ? 'cancelling' : state.isPaused ? 'paused' : 'running';
    setCurrentDetails(backfillTable(progress));
    return progress;
  }

  function launch(interval: Interval): void {
    taken++;
    window.set(interval.start, interval);
    const run = { ...runOf(input), ...retries.get(interval.start), interval };
    ensureRun({ run, reprocess: input.reprocess ?? 'failed', since: state.since })
      .then((ensured) => count(progress, ensured))
      .catch((error: unknown) => {
        const run = runName(input.pipeline, interval);
        count(progress, { status: 'failed', run, error: String((error as Error).cause ?? error) });
      })
      .finally(() => {
        window.delete(interval.start);
        tell();
      });
  }

  setHandler(progressQuery, () => progress);
  const change = (changes: Partial<BackfillState>) => {
    Object.assign(state, changes);
    return tell();
  };
  setHandler(setMaxActive, (maxActive) => change({ maxActive }), { validator: checkMaxActive });
  setHandler(pause, () => change({ isPaused: true }));
  setHandler(resume, () => change({ isPaused: false }));
  setHandler(cancel, async ({ now }) => {
    change({ isCancelled: true });
    if (now && progress.active.length > 0) await cancelRuns({ runs: progress.active });
    return tell();
  });

  for (const interval of state.inFlight.splice(0)) launch(interval);
  for (;;) {
    const mayTake = () => !state.isPaused && !state.isCancelled && !isExhausted && window.size < state.maxActive;
    while (mayTake() && taken < runsAnExecution) {
      const interval = await left.take();
      if (interval && !state.isCancelled) launch(interval);
      else isExhausted = true;
    }
    tell();
    if ((isExhausted || state.isCancelled) && window.size === 0) break;
    if (mayTake() && taken >= runsAnExecution) {
      await condition(allHandlersFinished);
      const carried = { ...state, inFlight: [...window.values()] };
      await continueAsNew<typeof backfill>({ ...input, carried });
    }
    hasChanged = false;
    await condition(() => hasChanged);
  }
  await condition(allHandlersFinished);
  progress.status = state.isCancelled ? 'cancelled' : 'completed';
  setCurrentDetails(backfillTable(progress));

  const loaded = progress.started - progress.failedCount;
  if (state.isCancelled || input.dbt !== 'build' || !input.dbtSelect || loaded <= 0) return progress;
  const answer = await askForBuild(input.dbtTarget, { select: input.dbtSelect });
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  return { ...progress, dbt: answer.result };
}

function begin(input: BackfillInput): BackfillState {
  const { grid, from, to, retries, listed } = input;
  const total = listed?.count ?? retries?.length ?? intervalsBetween(grid, parseTime(from), parseTime(to)).length;
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
      maxActive: input.maxActive,
    },
    since: iso(Math.floor(workflowInfo().startTime.getTime() / 1000) * 1000),
    next: input.backwards ? input.to : input.from,
    inFlight: [],
    maxActive: input.maxActive,
    isPaused: false,
    isCancelled: false,
  };
}

function runOf({ pipeline, grid, trigger = 'backfill', fromStep, dbt, allowEmpty, params }: BackfillInput) {
  return {
    pipeline,
    grid,
    trigger,
    ...(fromStep && { from: fromStep }),
    dbt: dbt === 'skip' ? ('skip' as const) : ('defer' as const),
    ...(allowEmpty && { allowEmpty }),
    params,
  };
}

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

function checkMaxActive(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= mostActive) return;
  throw new Error(`max-active is a whole number from 1 to ${mostActive}, got ${count}`);
}

import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { maxActiveProblem, type BackfillInput, type BackfillResult, type BackfillState } from '../model/backfill.js';
import type { Taken } from '../model/hold.js';
import { runName } from '../model/names.js';
import { cancelRuns, waiting } from './activities.js';
import { askForBuild } from './ask-for-build.js';
import { outcomes } from './backfill-outcomes.js';
import { askFor, begin, followersOf, triggerOf } from './backfill-start.js';
import { backfillTable } from './backfill-table.js';
import { intervalsLeft } from './intervals-left.js';
import { startDownstream } from './start-downstream.js';

/** runs that one execution adds to those that it was handed: far below what one history holds */
const runsAnExecution = 200;
/** how often runs that are to end are asked again: some begin only after they were asked */
const askToEndEvery = '10 seconds';

const progressQuery = defineQuery<BackfillResult>('progress');
const setMaxActive = defineUpdate<BackfillResult, [number]>('setMaxActive');
const pause = defineUpdate<BackfillResult>('pause');
const resume = defineUpdate<BackfillResult, [{ keepGoing?: boolean } | null]>('resume');
const cancel = defineUpdate<BackfillResult, [{ now: boolean }]>('cancel');

/**
 * every interval of a range, at most `maxActive` runs at once, in a sliding window: a slow one holds no other, one that
 * fails is listed; it pauses itself while a common cause fails its runs; one dbt build at the end
 */
export async function backfill(input: BackfillInput): Promise<BackfillResult> {
  const state = input.carried ?? begin(input);
  const { progress } = state;
  const again = (state.again ??= []);
  const { ended, failed, ledgerAway, goOn, leave, isTelling } = outcomes(input, state);
  const { ensureRun } = waiting(input.heartbeatTimeout);
  const retries = new Map(input.retries?.map((retry) => [retry.interval.start, retry]));
  const window = new Map<string, Taken>();
  let left = intervalsLeft(input, state);
  let isExhausted = false;
  /** runs that this execution added */
  let added = 0;
  /** length of the history when an Update was last answered */
  let updatedAt = -1;

  const isHeld = () => state.isPaused || progress.hold !== undefined;
  const isMore = () => again.length > 0 || !isExhausted;
  const isRoom = () => window.size < state.maxActive;
  const mayTake = () => !isHeld() && !state.isCancelled && isMore() && isRoom();
  const mayAdd = () => mayTake() && added < runsAnExecution;
  const isOver = () => window.size === 0 && (state.isCancelled || (!isMore() && !progress.hold));
  const isFull = () =>
    (added >= runsAnExecution && (mayTake() || progress.hold !== undefined)) || workflowInfo().continueAsNewSuggested;
  /** ISO; when the next probe begins */
  const nextProbe = () => {
    const isProbing = [...window.values()].some(({ isProbe }) => isProbe);
    return state.isPaused || state.isCancelled || isProbing || !isRoom() ? undefined : progress.hold?.nextProbe;
  };

  function tell(): BackfillResult {
    progress.maxActive = state.maxActive;
    progress.active = [...window.values()].map((interval) => runName(input.pipeline, interval));
    progress.toTryAgain = again.filter(({ error }) => error).length;
    progress.status = state.isCancelled ? 'cancelling' : isHeld() ? 'paused' : 'running';
    setCurrentDetails(backfillTable(progress));
    return progress;
  }

  async function launch(interval: Taken): Promise<void> {
    window.set(interval.start, interval);
    const asked = askFor(input, interval, interval.retry ?? retries.get(interval.start), state.since);
    const ensured = await ensureRun(asked).catch((error: unknown) => {
      const isCancelled = isCancellation(error) && CancellationScope.current().consideredCancelled;
      return isCancelled ? undefined : failed(interval, error);
    });
    // the run of one that is not waited for any more is under way still
    if (!ensured) return;
    window.delete(interval.start);
    ended(interval, ensured);
    tell();
  }

  /** the next interval of the range that needs a run; undefined when none is left, or when the ledger does not say */
  async function takeFresh(): Promise<Taken | undefined> {
    try {
      const interval = await left.take();
      isExhausted = interval === undefined;
      return interval;
    } catch (error) {
      ledgerAway(error);
      // its look-up is half done
      left = intervalsLeft(input, state);
      return undefined;
    }
  }

  function takeAgain(): Taken | undefined {
    const next = again.shift();
    return next?.error ? { ...next, since: new Date(Date.now()).toISOString() } : next;
  }

  async function take(): Promise<void> {
    const next = takeAgain() ?? (await takeFresh());
    // it may have been paused or cancelled while the ledger was asked
    add(next, !state.isCancelled && !isHeld());
  }

  /** one run: in turn one that was not tried yet, and one that failed */
  async function probe(): Promise<void> {
    const isFreshOne = !isExhausted && (again.length === 0 || (progress.hold?.probes ?? 0) % 2 === 0);
    const first = isFreshOne ? await takeFresh() : takeAgain();
    const next = first ?? (isExhausted ? takeAgain() : undefined);
    if (next) add({ ...next, isProbe: true }, progress.hold !== undefined && nextProbe() !== undefined);
    else if (isExhausted) goOn('recovered');
  }

  function add(next: Taken | undefined, isStill: boolean): void {
    if (!next) return;
    if (isStill) {
      added++;
      void launch(next);
    } else {
      const { isProbe: _isProbe, ...interval } = next;
      again.unshift(interval);
    }
  }

  function change(changes: Partial<BackfillState>): BackfillResult {
    updatedAt = workflowInfo().historyLength;
    Object.assign(state, changes);
    return tell();
  }

  setHandler(progressQuery, () => progress);
  setHandler(setMaxActive, (maxActive) => change({ maxActive }), {
    validator(maxActive) {
      const problem = maxActiveProblem(maxActive);
      if (problem) throw new Error(problem);
    },
  });
  setHandler(pause, () => change({ isPaused: true }));
  setHandler(resume, (options) => {
    goOn('by hand');
    return change({ isPaused: false, ...(options?.keepGoing && { keepGoing: true }) });
  });
  setHandler(cancel, async ({ now }) => {
    change({ isCancelled: true, ...(now && { endsNow: true }) });
    if (now) await endActive();
    return tell();
  });

  async function endActive(): Promise<void> {
    const { active } = progress;
    if (active.length > 0) await cancelRuns({ runs: active, trigger: triggerOf(input), since: state.since });
  }

  /** until nothing is lost when this execution ends */
  async function settle(): Promise<void> {
    const isSettled = () => allHandlersFinished() && !isTelling();
    await condition(isSettled);
    // the server fails a task that answers an Update and ends the execution when one more Update waits
    const answersNow = () => updatedAt === workflowInfo().historyLength;
    for (let tries = 0; answersNow() && tries < 20; tries++) {
      await sleep(50);
      await condition(isSettled);
    }
  }

  async function work(): Promise<void> {
    for (const interval of state.inFlight.splice(0)) void launch(interval);
    for (;;) {
      while (mayAdd()) await take();
      tell();
      if (isOver()) return;
      if (isFull()) {
        await settle();
        const carried = { ...state, inFlight: [...window.values()] };
        await continueAsNew<typeof backfill>({ ...input, carried });
      }
      const at = nextProbe();
      const wait = at === undefined ? undefined : Date.parse(at) - Date.now();
      const mayGoOn = () => mayTake() || isOver() || isFull() || nextProbe() !== at || state.endsNow === true;
      if (state.endsNow) {
        if (!(await condition(isOver, askToEndEvery))) await endActive();
      } else if (wait === undefined) await condition(mayGoOn);
      else if (wait <= 0 || !(await condition(mayGoOn, wait))) await probe();
    }
  }

  async function build(): Promise<BackfillResult> {
    const loaded = progress.started - progress.failedCount;
    if (input.dbt !== 'build' || !input.dbtSelect || loaded <= 0) return progress;
    const answer = await askForBuild(input.dbtTarget, { select: input.dbtSelect });
    if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
    return { ...progress, dbt: answer.result };
  }

  try {
    await work();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    // cancelled in the Web UI: what it began ends, and the models of what it loaded are built
    await CancellationScope.nonCancellable(async () => {
      change({ isCancelled: true });
      await endActive();
      leave();
      await build();
    });
    throw error;
  }
  leave();
  await settle();
  progress.status = state.isCancelled ? 'cancelled' : 'completed';
  setCurrentDetails(backfillTable(progress));
  const result = await build();
  if (input.downstream && !state.isCancelled)
    await startDownstream(workflowInfo().workflowId, followersOf(input, state));
  return result;
}

import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  defineQuery,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { RebuildStep } from '../activities/types.js';
import { pool } from '../model/pool.js';
import {
  encodingRun,
  intervalsACopy,
  type RebuildInput,
  type RebuildResult,
  type RebuildRound,
  type RebuildState,
} from '../model/rebuild.js';
import { planning, steps, waiting } from './activities.js';
import { askForBuild } from './ask-for-build.js';
import { validateParts } from './validate-parts.js';

/** intervals that are made from the raw at once, and parts of each */
const activeIntervals = 4;
const activeParts = 4;
/** a ledger that grows faster than the table is copied: somebody loads the same range */
const mostRounds = 20;

const progressQuery = defineQuery<RebuildResult>('progress');

/**
 * one table made anew from the files of each interval's newest loaded run; readers see the old one until the new one
 * stands; what loads meanwhile is taken in another round
 */
export async function rebuild(input: RebuildInput): Promise<RebuildResult> {
  const { pipeline, entity, heartbeatTimeout } = input;
  const run = { pipeline, runId: workflowInfo().firstExecutionRunId };
  const state = input.carried ?? begin(input);
  const { progress } = state;
  const work = waiting(heartbeatTimeout);
  const step = (): RebuildStep => ({ run, entity, round: state.round });
  setHandler(progressQuery, () => progress);

  async function goOn(): Promise<void> {
    setCurrentDetails(
      `${progress.copied} of ${progress.intervals} intervals, ${progress.encoded} of them made from the raw`,
    );
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof rebuild>({ ...input, carried: state });
  }

  /** files that do not fit the schema are made again: validated from the raw, in the lake only */
  async function encode({ manifest }: RebuildRound, at: number): Promise<void> {
    const { interval, runId: source } = await work.rebuildInterval({ manifest, at });
    const own = encodingRun(run, interval, `${state.round}.${at}`);
    const asked = { pipeline, interval, grid: input.grid, trigger: own.trigger, from: 'validate' as const };
    const plan = await planning().plan({
      input: { ...asked, source, entities: [entity], dbt: 'skip', params: {} },
      run: own,
    });
    const extracted = plan.reuse?.extracted;
    if (!extracted) throw ApplicationFailure.nonRetryable(`run ${source} has no raw in the lake`, 'ManifestMissing');
    const given = { run: own, plan: plan.ref };
    const activities = steps(plan);
    const { manifest: validated } = await validateParts(activities, given, extracted, activeParts);
    await activities.parquet({ ...given, entity, validated });
  }

  async function inRounds(): Promise<number> {
    for (; state.round < mostRounds; state.round++, delete state.found) {
      if (!state.found) {
        state.found = await work.rebuildPlan(step());
        Object.assign(state, { encoded: 0, copied: 0 });
        progress.intervals += state.found.intervals;
      }
      const { found } = state;
      while (state.encoded < found.toEncode) {
        const to = Math.min(state.encoded + intervalsACopy, found.toEncode);
        const some = Array.from({ length: to - state.encoded }, (_, at) => state.encoded + at);
        const settled = await pool(some, activeIntervals, (at) => encode(found, at));
        const broken = settled.find((result) => result.status === 'rejected');
        if (broken) throw broken.reason;
        progress.encoded += to - state.encoded;
        state.encoded = to;
        await goOn();
      }
      while (state.copied < found.intervals) {
        const from = state.copied;
        const to = Math.min(from + intervalsACopy, found.intervals);
        await work.rebuildCopy({ ...step(), found, from, to });
        state.copied = to;
        progress.copied += to - from;
        await goOn();
      }
      const { isSwapped, rows } = await work.rebuildSwap({ ...step(), found });
      if (isSwapped) return rows;
    }
    throw ApplicationFailure.nonRetryable(
      `${progress.table} went on loading in each of ${mostRounds} rounds: pause what loads it, then rebuild again`,
      'RebuildOvertaken',
    );
  }

  try {
    progress.rows = await inRounds();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    await CancellationScope.nonCancellable(() => work.rebuildDrop(step()));
    throw error;
  }
  progress.status = 'completed';
  if (input.dbt !== 'build' || !input.dbtSelect) return progress;
  // incremental models compare runs, and the rows keep theirs: only from nothing do they see what is new in them
  const answer = await askForBuild(input.dbtTarget, {
    select: input.dbtSelect,
    loaded: [progress.table],
    fullRefresh: true,
  });
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  return { ...progress, dbt: answer.result };
}

function begin({ pipeline, entity }: RebuildInput): RebuildState {
  const table = `${pipeline}.${entity}`;
  return {
    round: 0,
    encoded: 0,
    copied: 0,
    progress: { table, status: 'running', intervals: 0, copied: 0, encoded: 0 },
  };
}

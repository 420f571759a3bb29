import { ApplicationFailure, defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { intervalsBetween, parseTime } from '../model/interval.js';
import type { BackfillInput, BackfillResult } from '../model/plan.js';
import { waiting } from './activities.js';
import { askForBuild } from './ask-for-build.js';
import { pool } from './pool.js';

/** intervals of one backfill: what one history holds */
const maxIntervals = 2_000;

const progressQuery = defineQuery<BackfillResult>('progress');

/** every interval of a range, at most `maxActive` runs at once; one that fails is listed, not fatal; one dbt build at the end */
export async function backfill(input: BackfillInput): Promise<BackfillResult> {
  const intervals = intervalsBetween(input.grid, parseTime(input.from), parseTime(input.to));
  if (intervals.length > maxIntervals) {
    throw ApplicationFailure.nonRetryable(
      `${intervals.length} intervals, more than ${maxIntervals}: split the range`,
      'InvalidDefinition',
    );
  }
  const progress: BackfillResult = {
    pipeline: input.pipeline,
    total: intervals.length,
    started: 0,
    loadedEarlier: 0,
    succeeded: 0,
    failed: [],
  };
  setHandler(progressQuery, () => progress);
  const { ensureRun, loadedIntervals } = waiting(input.heartbeatTimeout);
  const loaded = new Set(await loadedIntervals({ pipeline: input.pipeline, from: input.from, to: input.to }));
  const left = intervals.filter((interval) => !loaded.has(interval.start));
  progress.loadedEarlier = intervals.length - left.length;
  progress.succeeded = progress.loadedEarlier;
  tell(progress);

  const settled = await pool(left, input.maxActive, async (interval) => {
    const ensured = await ensureRun({ backfill: input, interval });
    if (ensured.status === 'loaded earlier') progress.loadedEarlier++;
    else progress.started++;
    if (ensured.status === 'failed') progress.failed.push({ run: ensured.run, error: ensured.error });
    else progress.succeeded++;
    tell(progress);
  });
  const broken = settled.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;

  if (input.dbt !== 'build' || !input.dbtSelect || progress.started === progress.failed.length) return progress;
  const answer = await askForBuild(input.dbtTarget, input.dbtSelect);
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  return { ...progress, dbt: answer.result };
}

function tell({ succeeded, total, loadedEarlier, failed }: BackfillResult): void {
  setCurrentDetails(`${succeeded} of ${total} intervals loaded (${loadedEarlier} earlier), ${failed.length} failed`);
}

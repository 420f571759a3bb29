import { ApplicationFailure, isCancellation, log } from '@temporalio/workflow';
import type { LookCounts } from '../activities/types.js';
import type { Alert } from '../model/alert.js';
import type { BackfillInput } from '../model/backfill.js';
import { remedyFor } from '../model/errors.js';
import type { ListedIntervals } from '../model/listed-intervals.js';
import type { Noticed } from '../model/missing.js';
import { fillId, runName } from '../model/names.js';
import { pool } from '../model/pool.js';
import { lookAt, noteLate, watchedPipelines } from './activities.js';
import { failureOf } from './failure.js';
import { raiseAlert } from './raise-alert.js';
import { startFill } from './start-fill.js';

/** pipelines at a time */
const looksAtOnce = 16;
/** no look at another pipeline begins so long after the first: the next look, in five minutes, must not be left out */
const longest = 200_000;

/** one look of the watch at every pipeline whose schedule is on: says what is late, fills what is missing */
export async function watch(): Promise<Record<string, LookCounts>> {
  const until = Date.now() + longest;
  const { pipelines } = await watchedPipelines();
  const settled = await pool(pipelines, looksAtOnce, async (pipeline) => {
    if (Date.now() > until) throw new Error('the others took too long: the next look will have it');
    const { counts, news } = await lookAt({ pipeline });
    if (news) await act(pipeline, news);
    return counts;
  });
  const found: Record<string, LookCounts> = {};
  const failed: string[] = [];
  for (const [at, result] of settled.entries()) {
    const pipeline = pipelines[at] ?? '';
    if (result.status === 'fulfilled') {
      if (result.value) found[pipeline] = result.value;
      continue;
    }
    if (isCancellation(result.reason)) throw result.reason;
    failed.push(`${pipeline}: ${failureOf('plan', result.reason).message.slice(0, 200)}`);
  }
  if (failed.length === 0) return found;
  log.error('pipelines could not be looked at', { failed });
  const some = failed.slice(0, 10).join('; ');
  const message = `${failed.length} of ${pipelines.length} pipelines could not be looked at: ${some}`;
  throw ApplicationFailure.nonRetryable(message, 'WatchFailed');
}

async function act(pipeline: string, news: Noticed): Promise<void> {
  const { late, missing, unsettled } = news;
  if (late) {
    await raiseAlert(lateAlert(pipeline, late), news);
    await noteLate({ pipeline, late: late.list });
  }
  // said where it is begun: a backfill under way was announced by the look that began it
  if (missing && (await fill(pipeline, news, 'missing', missing))) {
    await raiseAlert(gapAlert(pipeline, missing), news);
  }
  if (unsettled) await fill(pipeline, news, 'settle', unsettled);
}

/** one that is late has the id that its run's own alert has; of several one alert says how many */
function lateAlert(pipeline: string, { count, first, last }: ListedIntervals): Alert {
  const run = runName(pipeline, first);
  const about = { kind: 'late' as const, pipeline, ...remedyOf('Late'), workflowId: run };
  if (count === 1) return { ...about, subject: run, interval: first, message: 'not loaded by its deadline' };
  return {
    ...about,
    subject: `${run}-and-${count - 1}-up-to-${last.end}`,
    interval: { start: first.start, end: last.end },
    message: `${count} intervals are not loaded by their deadlines, from ${first.start} to ${last.end}`,
  };
}

function gapAlert(pipeline: string, { count, first, last }: ListedIntervals): Alert {
  return {
    kind: 'gap',
    pipeline,
    subject: `${pipeline}-${first.start}`,
    interval: { start: first.start, end: last.end },
    message: `${count} due intervals had no run and are being filled`,
    ...remedyOf('Gap'),
    workflowId: fillId(pipeline, 'missing'),
  };
}

function remedyOf(type: string): { remedy?: string } {
  const remedy = remedyFor(type);
  return remedy ? { remedy } : {};
}

/** exactly these intervals, one backfill at a time for a pipeline and reason; false when one is under way */
async function fill(
  pipeline: string,
  { grid, alerts, owner, tags, backfill }: Noticed,
  reason: 'missing' | 'settle',
  listed: ListedIntervals,
): Promise<boolean> {
  const input: BackfillInput = {
    pipeline,
    from: listed.first.start,
    to: listed.last.end,
    grid,
    reprocess: reason === 'missing' ? 'none' : 'completed',
    trigger: 'watch',
    dbt: 'build',
    ...backfill,
    alerts,
    ...(owner && { owner }),
    ...(tags && { tags }),
    params: {},
    listed,
  };
  return startFill(input, reason, `${listed.count} ${reason} intervals of ${pipeline}, ${input.from} to ${input.to}`);
}

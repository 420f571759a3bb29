import { keepsState } from '../model/source.js';
import { intervalsBetween, parseTime } from '../model/interval.js';
import { retryId, runName } from '../model/names.js';
import { audienceOf } from '../model/policy.js';
import type { BackfillInput } from '../model/backfill.js';
import type { Retry } from '../model/retry.js';
import type { Pipeline } from '../define/pipeline.js';
import { newestRuns } from '../warehouse/ledger.js';
import type { Context } from '../control/context.js';
import { earlierRun } from '../control/earlier-run.js';
import { rootMessage } from '../control/explain.js';
import { forgottenRuns } from '../control/forgotten-runs.js';
import { refuse, type ExitCode } from '../control/failure.js';
import { findPipeline } from '../control/find-pipeline.js';
import { backfillRange } from '../control/intervals.js';
import { startBackfill } from './start-backfill.js';
import { retryOf, type RetryOptions } from '../control/retries.js';
import { listRetries } from '../control/list-retries.js';
import { refuseWhileFollowed, runsThatUsed, usedText } from '../control/used-by.js';

const hint = 'add `--downstream` to run them again too, at its end';
/** runs that are looked up at once */
const width = 8;

/** the runs of a range again, as a durable workflow like a backfill's */
export async function retryRange(context: Context, options: RetryOptions, name: string): Promise<ExitCode> {
  const { terminal } = context;
  const { from, to, fromStep, failed, dbt } = options;
  if (from === undefined || to === undefined) refuse('a range is named by both --from and --to');
  if (options.entity) refuse('--entity goes with one run, not with a range');
  if (options.param) refuse('--param goes with one run: the runs of a range keep theirs');
  const pipeline = findPipeline(await context.pipelines(), name);
  if (!fromStep && !failed)
    refuse('name the step to begin with by --from-step, or take --failed runs from the step that failed');
  // intervals of a source with a state run one after the other
  const maxActive = keepsState(pipeline.source) ? 1 : options.maxActive;
  const range = backfillRange(pipeline, from, to, Date.now());
  for (const note of range.notes) terminal.say(note);
  const { retries, left } = await lookUp(context, pipeline, range, options);
  if (left.length > 0) terminal.say(`left out: ${left.join('; ')}`);
  if (retries.length === 0) {
    refuse(`no ${failed ? 'failed ' : ''}run of ${name} can be retried in ${range.from} to ${range.to}`);
  }
  const settings = context.settings();
  const input: BackfillInput = {
    pipeline: name,
    from: range.from,
    to: range.to,
    grid: pipeline.grid,
    reprocess: 'completed',
    maxActive,
    dbt,
    ...(pipeline.dbtSelect && { dbtSelect: pipeline.dbtSelect }),
    dbtTarget: settings.dbt.target,
    heartbeatTimeout: settings.heartbeatTimeout,
    ...(options.allowEmpty && { allowEmpty: true }),
    ...(options.keepGoing && { keepGoing: true }),
    ...(fromStep && { fromStep }),
    ...audienceOf(pipeline.policy),
    params: {},
    ...(options.dryRun ? { retries } : { listed: await listRetries(context, name, retries) }),
    ...(options.downstream && { downstream: true }),
  };
  const id = retryId(name, range.asked.from, range.asked.to);
  const runs = retries.length;
  const used = await runsThatUsed(
    context,
    name,
    retries.map(({ interval }) => interval),
  );
  if (options.downstream && !options.dryRun) await refuseWhileFollowed(context, id);
  const told = usedText(used, 'them');
  if (told) terminal.say(options.downstream ? `${told}: they run again at its end` : `${told}; ${hint}`);
  return startBackfill(
    context,
    {
      id,
      input,
      summary: `retry of ${name}`,
      work: `${runs} runs, ${maxActive} at a time`,
      answer: { pipeline: name, retry: id, runs, ...(used.length > 0 && { usedBy: used }) },
    },
    options,
  );
}

/** what of the range is retried, and why the rest is not */
async function lookUp(
  context: Context,
  pipeline: Pipeline,
  range: { from: string; to: string },
  { failed, fromStep }: RetryOptions,
): Promise<{ retries: Retry[]; left: string[] }> {
  const temporal = await context.temporal();
  const intervals = intervalsBetween(pipeline.grid, parseTime(range.from), parseTime(range.to));
  const forgotten = forgottenRuns(context, pipeline, range);
  const marked = failed ? await markedStarts(context, pipeline, range) : new Set<string>();
  const retries: Retry[] = [];
  const refusals: string[] = [];
  let without = 0;
  for (let at = 0; at < intervals.length; at += width) {
    const found = await Promise.all(
      intervals.slice(at, at + width).map(async (interval) => {
        const run = runName(pipeline.name, interval);
        if (marked.has(interval.start)) return { refusal: `${run} is marked as done` };
        const earlier = (await earlierRun(temporal, run)) ?? (await forgotten(run));
        if (!earlier || (failed && earlier.status === 'completed')) return earlier;
        return retryOf(context, pipeline, earlier, fromStep);
      }),
    );
    for (const one of found) {
      if (!one) without++;
      else if ('refusal' in one) refusals.push(one.refusal);
      else if ('from' in one) retries.push(one);
    }
    context.terminal.progress(
      `${pipeline.name} ${Math.min(at + width, intervals.length)}/${intervals.length} runs looked up`,
    );
  }
  const never = without > 0 ? [`${without} intervals without a run, which a backfill fills`] : [];
  return { retries, left: [...refusals, ...never] };
}

/** intervals of which a person said since that they are done */
async function markedStarts(
  context: Context,
  { name }: Pipeline,
  { from, to }: { from: string; to: string },
): Promise<Set<string>> {
  try {
    const runs = await newestRuns(await context.warehouse(), name, from, to);
    return new Set(runs.filter(({ status }) => status === 'marked').map(({ start }) => start));
  } catch (error) {
    context.terminal.say(`without the ledger: ${rootMessage(error)}`);
    return new Set();
  }
}

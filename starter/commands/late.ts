import { closedSince, newestClosed } from '../../lake/closed-runs.js';
import { newestOf, type ClosedRun } from '../../model/closed-run.js';
import { dueAt, iso } from '../../model/interval.js';
import { findingsOf, watchedIntervals } from '../../model/missing.js';
import { runName } from '../../model/names.js';
import type { Pipeline } from '../../define/pipeline.js';
import { attainment, newestRuns } from '../../warehouse/ledger.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { exitCodes } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { toJson } from '../../control/json.js';
import { elapsed } from '../../control/lengths.js';
import { table } from '../table.js';

interface Options {
  pipeline?: string;
  months: boolean;
}

export const lateCommand: CommandDefinition<[], Options> = {
  options: (command) =>
    command
      .option('--pipeline <name>', 'only this one')
      .option('--no-months', 'without the share of each month, which asks the warehouse: for what runs regularly'),
  examples: ['waterclock late', 'waterclock late --pipeline parcels --json', 'waterclock late --no-months --json'],
  async run(context, { pipeline, months: withMonths, json }) {
    const { terminal } = context;
    const known = await context.pipelines();
    const chosen = (pipeline ? [findPipeline(known, pipeline)] : known).filter(
      ({ deadline }) => deadline !== undefined,
    );
    const now = Date.now();
    const late = (await Promise.all(chosen.map((one) => lateOf(context, one, now)))).flat();
    const months = withMonths ? await monthsOf(context, chosen) : [];
    if (json) {
      terminal.print(toJson({ late, months }));
      return exitCodes.done;
    }
    const shown = late.map(({ lateMs, ...row }) => ({ ...row, late: elapsed(lateMs) }));
    terminal.print(late.length > 0 ? table(shown, { width: terminal.width() }) : 'nothing is late');
    const shares = months.map(({ onTime, intervals, ...row }) => ({
      ...row,
      intervals,
      'on time': onTime,
      attainment: `${((100 * onTime) / intervals).toFixed(1)} %`,
    }));
    if (shares.length > 0) terminal.print(`\n${table(shares, { width: terminal.width() })}`);
    return exitCodes.done;
  },
};

async function monthsOf(context: Context, pipelines: Pipeline[]) {
  const warehouse = await context.warehouse();
  const found = await Promise.all(pipelines.map(({ name, deadline = 0 }) => attainment(warehouse, name, deadline)));
  return found.flat();
}

/** by the lake; the ledger is asked for what it alone knows: runs of earlier versions that no look of the watch has copied */
async function closedRuns(context: Context, pipeline: string, from: string, to: string): Promise<ClosedRun[]> {
  const store = await context.store();
  const { lakeBucket } = context.settings();
  const since = await closedSince(store, lakeBucket, pipeline);
  const closed = await newestClosed(store, lakeBucket, pipeline, from, to);
  if (since !== undefined && since <= from) return closed;
  const earlier = await newestRuns(await context.warehouse(), pipeline, from, since ?? to);
  return newestOf([...earlier, ...closed]);
}

/** as the watch sees it, whether or not the schedule is on */
async function lateOf(context: Context, pipeline: Pipeline, now: number) {
  const { name, grid, start, catchup, deadline = 0, policy, source } = pipeline;
  const watched = {
    grid,
    catchup,
    deadline,
    settle: policy.settle,
    snapshot: source.snapshot,
    ...(start !== undefined && { start }),
  };
  const intervals = watchedIntervals(watched, now);
  const [first] = intervals;
  const last = intervals.at(-1);
  if (!first || !last) return [];
  const closed = await closedRuns(context, name, first.start, last.end);
  const status = new Map(closed.map((run) => [run.start, run.status]));
  return findingsOf(watched, now, closed, new Set()).late.map((interval) => ({
    run: runName(name, interval),
    state: status.get(interval.start) ?? 'not loaded yet',
    deadline: iso(dueAt(grid, interval) + deadline),
    lateMs: now - dueAt(grid, interval) - deadline,
  }));
}

import { dueAt, iso } from '../../model/interval.js';
import { findingsOf, watchedIntervals } from '../../model/missing.js';
import { runName } from '../../model/names.js';
import type { Pipeline } from '../../schema/pipeline.js';
import type { Warehouse } from '../../warehouse/data-api.js';
import { attainment, newestRuns } from '../../warehouse/ledger.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../failure.js';
import { findPipeline } from '../find-pipeline.js';
import { toJson } from '../json.js';
import { elapsed, table } from '../table.js';

interface Options {
  pipeline?: string;
}

export const lateCommand: CommandDefinition<[], Options> = {
  options: (command) => command.option('--pipeline <name>', 'only this one'),
  examples: ['waterclock late', 'waterclock late --pipeline door2door --json'],
  async run(context, { pipeline, json }) {
    const { terminal } = context;
    const known = await context.pipelines();
    const chosen = (pipeline ? [findPipeline(known, pipeline)] : known).filter(
      ({ deadline }) => deadline !== undefined,
    );
    const warehouse = await context.warehouse();
    const now = Date.now();
    const late = (await Promise.all(chosen.map((one) => lateOf(warehouse, one, now)))).flat();
    const months = (await Promise.all(chosen.map((one) => attainment(warehouse, one.name, one.deadline ?? 0)))).flat();
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

/** as the watch sees it, whether or not the schedule is on */
async function lateOf(warehouse: Warehouse, pipeline: Pipeline, now: number) {
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
  const closed = await newestRuns(warehouse, name, first.start, last.end);
  const status = new Map(closed.map((run) => [run.start, run.status]));
  return findingsOf(watched, now, closed, new Set()).late.map((interval) => ({
    run: runName(name, interval),
    state: status.get(interval.start) ?? 'not loaded yet',
    deadline: iso(dueAt(grid, interval) + deadline),
    lateMs: now - dueAt(grid, interval) - deadline,
  }));
}

import { intervalsBetween, lastComplete, type Interval } from '../../model/interval.js';
import type { Pipeline } from '../../define/pipeline.js';
import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { gridOf } from '../../control/grid.js';
import { gridText } from '../grid-text.js';
import { backfillRange, gridTime } from '../../control/intervals.js';
import { toJson } from '../../control/json.js';
import type { RunRow } from '../../model/run-row.js';
import { gridText as gridWords } from '../../control/lengths.js';

interface Options {
  from?: string;
  to?: string;
  last?: number;
}

const shownUnasked = 48;
const mostShown = 2000;
/** an interval may have been run often */
const runsAnInterval = 10;

export const gridCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command
      .option('--from <time>', 'start of the first interval')
      .option('--to <time>', 'end of the last interval (default: the last due one)')
      .option('--last <n>', `the last n intervals of the range (default: ${shownUnasked} without --from)`, atLeastOne),
  examples: [
    'waterclock grid orders',
    'waterclock grid orders --from 2026-01-31T01:00Z --to 2026-02-07T02:00Z',
    'waterclock grid parcels --to 2026-11-25 --last 24 --json',
  ],
  async run(context, options, name) {
    const { terminal } = context;
    const pipeline = findPipeline(await context.pipelines(), name);
    const intervals = rangeOf(context, pipeline, options);
    const [first] = intervals;
    const last = intervals.at(-1);
    if (!first || !last) refuse(`${name} has no due interval in this range: see \`waterclock pipelines\``);
    const { runRows } = await import('../../control/run-rows.js');
    const limit = intervals.length * runsAnInterval;
    const rows = await runRows(context, { pipeline: name, from: first.start, to: last.end, limit });
    const { noteCounts } = await import('../../control/notes.js');
    const { ofRun } = await noteCounts(context, [name]);
    const columns = gridOf(name, intervals, await withLiveSteps(context, rows), ofRun);
    if (options.json) terminal.print(toJson(columns));
    else {
      const what = `${terminal.paint('bold', name)}  ${gridWords(pipeline.grid)}, ${intervals.length} intervals, ${minute(first.start)} to ${minute(last.end)} UTC`;
      terminal.print(`${what}\n\n${gridText(columns, terminal)}`);
    }
    return exitCodes.done;
  },
};

const minute = (time: string) => time.slice(0, 16).replace('T', ' ');

function rangeOf(context: Context, pipeline: Pipeline, { from, to, last }: Options): Interval[] {
  const { grid, start = -Infinity } = pipeline;
  const { snapshotAt } = context.settings();
  const now = pipeline.source.snapshot && snapshotAt ? Date.parse(snapshotAt) : Date.now();
  const due = lastComplete(grid, now);
  if (from !== undefined) {
    const range = backfillRange(pipeline, from, to ?? due.end, now);
    for (const note of range.notes) context.terminal.say(note);
    const intervals = intervalsBetween(grid, Date.parse(range.from), Date.parse(range.to));
    if (last === undefined && intervals.length > mostShown) {
      refuse(`${intervals.length} intervals are more than the ${mostShown} that are shown: page by --to and --last N`);
    }
    return last === undefined ? intervals : intervals.slice(-last);
  }
  const until =
    to === undefined
      ? due
      : lastComplete({ ...grid, offset: 0 }, Math.min(gridTime('--to', to, grid), Date.parse(due.end)));
  const found: Interval[] = [];
  for (let at = until; found.length < Math.min(last ?? shownUnasked, mostShown) && Date.parse(at.start) >= start;) {
    found.unshift(at);
    at = lastComplete({ ...grid, offset: 0 }, Date.parse(at.start));
  }
  return found;
}

/** what runs has told nothing to the ledger yet */
async function withLiveSteps(context: Context, rows: RunRow[]): Promise<RunRow[]> {
  const { stepsOf } = await import('../../control/steps-of.js');
  const temporal = await context.temporal();
  return Promise.all(
    rows.map(async (row) => {
      if (row.status !== 'running' && row.status !== 'parked') return row;
      const steps = await stepsOf(temporal, temporal.client.workflow.getHandle(row.run, row.runId));
      return steps ? { ...row, steps } : row;
    }),
  );
}

import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { driftRows } from '../../control/drift.js';
import { failingRowLines } from '../../control/failing-rows.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import type { Note } from '../../model/note.js';
import { paramsText } from '../../model/params.js';
import { resolvedText } from '../../model/resolution.js';
import type { StepOutcome } from '../../model/step-outcome.js';
import type { Row } from '../../warehouse/data-api.js';
import { neighbourLines } from '../../control/neighbours.js';
import { markdownTable } from '../markdown-table.js';
import type { ShownMark } from '../../warehouse/mark.js';
import type { Shown } from '../../control/shown-run.js';
import { statusColour } from '../status-colour.js';
import { elapsed } from '../../control/lengths.js';
import { table, type Cell } from '../table.js';

interface Options {
  runId?: string;
}

export const showCommand: CommandDefinition<[string], Options> = {
  options: (command) => command.option('--run-id <id>', 'an earlier execution under this name (default: the latest)'),
  examples: [
    'waterclock show orders-2026-01-31T02:00:00Z',
    'waterclock show orders-2026-01-31T02:00:00Z --json',
    'waterclock show backfill-orders-2026-01-31T01:00:00Z-2026-02-07T02:00:00Z',
  ],
  async run(context, { runId, json }, run) {
    const { shownRun } = await import('../../control/shown-run.js');
    const shown = await shownRun(context, run, runId);
    if (!shown) refuse(`no run is named '${run}': see \`waterclock runs\``);
    context.terminal.print(json ? toJson(shown) : textOf(context, shown));
    return exitCodes.done;
  },
};

function textOf({ terminal }: Pick<Context, 'terminal'>, shown: Shown): string {
  const { run, runId, status, durationMs, steps, details, error, drift, ledger, link, params } = shown;
  const width = terminal.width();
  const took = `${shown.finishedAt === null ? 'for' : 'in'} ${elapsed(durationMs)}`;
  const facts = [
    shown.interval && `interval ${shown.interval.start} to ${shown.interval.end}`,
    shown.trigger && `trigger ${shown.trigger}`,
    shown.late && terminal.paint('yellow', 'late'),
  ];
  const lines = [
    `${terminal.paint('bold', run)}  ${terminal.paint(statusColour(status), status)} ${took}`,
    facts.filter(Boolean).join('  '),
    ...(params && Object.keys(params).length > 0 ? [`params ${paramsText(params)}`] : []),
    `started ${shown.startedAt}  run id ${runId}`,
    ...(error ? [`${terminal.paint('red', 'error')}: ${error}`] : []),
    ...(shown.mark ? [markLine(shown.mark)] : []),
    ...(steps ?? []).flatMap(resolvedLines),
    ...neighbourLines(shown.neighbours ?? {}),
    ...(status === 'parked' ? [`it waits: waterclock retry ${run}, or waterclock resolve ${run} skip|fail`] : []),
  ].filter(Boolean);
  const blocks = [lines.join('\n')];
  if (steps && steps.length > 0) {
    const paint = (column: string, text: string) =>
      column === 'state' ? terminal.paint(statusColour(text), text) : text;
    blocks.push(table(steps.map(stepRow), { width, paint }));
  } else if (details) blocks.push(markdownTable(details, width));
  if (shown.failingRows) blocks.push(failingRowLines(shown.failingRows).join('\n'));
  if (drift) blocks.push(`fields that differ from the schema\n${table(driftRows(drift), { width })}`);
  for (const [name, rows] of Object.entries(ledger ?? {})) {
    if (rows.length > 0) blocks.push(`${name}\n${table(rows.map(factsOf), { width })}`);
  }
  if (shown.notes) blocks.push(shown.notes.map((note) => noteLine(note, runId)).join('\n'));
  if (shown.definition) blocks.push(shown.definition);
  if (link) blocks.push(link);
  return blocks.join('\n\n');
}

function noteLine({ at, by, text, runId }: Note, shown: string): string {
  const about = runId === shown ? '' : ` (on the execution ${runId})`;
  return `note  ${at.slice(0, 19).replace('T', ' ')}  ${by}${about}: ${text}`;
}

const markLine = ({ by, at, note }: ShownMark) => `marked as done at ${at} by ${by ?? 'unknown'}: ${note ?? ''}`;

function resolvedLines({ step, entity, resolved = [] }: StepOutcome): string[] {
  const name = entity ? `${step} ${entity}` : step;
  return resolved.map((one) => `${name} was parked: ${one.at.slice(0, 19).replace('T', ' ')} ${resolvedText(one)}`);
}

function stepRow({ step, entity, state, startedAt, finishedAt, told, manifest }: StepOutcome): Record<string, Cell> {
  const until = finishedAt ? Date.parse(finishedAt) : Date.now();
  return {
    step: entity ? `${step} ${entity}` : step,
    state,
    took: startedAt ? elapsed(until - Date.parse(startedAt)) : null,
    counts: told,
    ...(manifest && { manifest: `s3://${manifest.bucket}/${manifest.key}` }),
  };
}

/** what is the same for every row, or told above */
const toldAbove = new Set(
  'workflow_id run_id pipeline interval_start interval_end trigger due_at params steps marked_by note'.split(' '),
);

function factsOf(row: Row): Record<string, Cell> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !toldAbove.has(name)));
}

import { stepFacts, steps, type Step } from '../model/steps.js';
import type { CellState, GridColumn } from '../control/grid.js';
import type { Colour, Terminal } from '../control/terminal.js';

type State = CellState | GridColumn['status'];

/** told apart without colours too */
const glyphs: Record<State, { glyph: string; colour: Colour; words: string }> = {
  completed: { glyph: '■', colour: 'green', words: 'done' },
  done: { glyph: '■', colour: 'green', words: 'done' },
  reused: { glyph: '□', colour: 'green', words: 'taken over from an earlier run' },
  partial: { glyph: '◧', colour: 'yellow', words: 'ended before the load, as asked' },
  running: { glyph: '▶', colour: 'cyan', words: 'running' },
  waiting: { glyph: '◌', colour: 'yellow', words: 'waiting for a slot of its pool' },
  parked: { glyph: '‖', colour: 'yellow', words: 'parked' },
  skipped: { glyph: '»', colour: 'yellow', words: 'skipped by a person' },
  marked: { glyph: '◆', colour: 'yellow', words: 'marked as done by a person' },
  failed: { glyph: '✗', colour: 'red', words: 'failed' },
  terminated: { glyph: '✗', colour: 'red', words: 'failed' },
  'timed out': { glyph: '✗', colour: 'red', words: 'failed' },
  cancelled: { glyph: '○', colour: 'yellow', words: 'cancelled' },
  untold: { glyph: '?', colour: 'dim', words: 'not told by the ledger' },
  none: { glyph: '·', colour: 'dim', words: 'not run' },
  'no run': { glyph: '·', colour: 'dim', words: 'not run' },
};

const labels = 12;
/** letters of an interval: its glyph and a space */
const cell = 2;
/** a label stands above every so many intervals */
const labelEvery = 6;
const mostListed = 20;

/** intervals from left to right, the run and its steps from top to bottom, in blocks as wide as the terminal */
export function gridText(columns: GridColumn[], { paint, width }: Pick<Terminal, 'paint' | 'width'>): string {
  // most pipelines have no tasks before and after
  const isShown = (step: Step) =>
    stepFacts[step].per !== 'task' || columns.some((column) => column.steps[step] !== undefined);
  const perBlock = Math.max(labelEvery, Math.floor(((width() ?? 120) - labels) / cell));
  const blocks = [];
  for (let at = 0; at < columns.length; at += perBlock) blocks.push(block(columns.slice(at, at + perBlock)));
  const used = new Map(
    columns
      .flatMap(({ status, steps }): State[] => [status, ...Object.values(steps)])
      .map((state) => [glyphs[state].words, glyphs[state]]),
  );
  const legend = [...used].map(([words, { glyph, colour }]) => `${paint(colour, glyph)} ${words}`).join('   ');
  const noted = columns.some(({ notes }) => notes > 0) ? '   * has notes: waterclock show <run>' : '';
  const broken = columns.filter(({ failed }) => failed !== null);
  const listed = broken
    .slice(-mostListed)
    .map(({ run, status, failed }) => `${paint(glyphs[status].colour, status)}  ${run}  ${failed}`);
  const more = broken.length > listed.length ? [`and ${broken.length - listed.length} earlier ones`] : [];
  return [...blocks, `${legend}${noted}`, ...(listed.length > 0 ? [[...listed, ...more].join('\n')] : [])].join('\n\n');

  function block(part: GridColumn[]): string {
    const row = (label: string, stateOf: (column: GridColumn) => State) => {
      const cells = part.map((column) => {
        const { glyph, colour } = glyphs[stateOf(column)];
        return paint(colour, glyph);
      });
      return `${label.padEnd(labels)}${cells.join(' ')}`;
    };
    return [
      heading(part),
      row('run', ({ status }) => status),
      ...(part.some(({ notes }) => notes > 0) ? [notesRow(part)] : []),
      ...steps.filter(isShown).map((step) => row(`  ${step}`, (column) => column.steps[step] ?? 'none')),
    ].join('\n');
  }
}

function notesRow(part: GridColumn[]): string {
  return `${'  notes'.padEnd(labels)}${part.map(({ notes }) => (notes > 0 ? '*' : ' ')).join(' ')}`.trimEnd();
}

/** the day where it begins or changes, else the time */
function heading(part: GridColumn[]): string {
  let line = ' '.repeat(labels);
  let day = '';
  part.forEach(({ interval: { start } }, at) => {
    if (at % labelEvery !== 0) return;
    const isDaily = part.every(({ interval }) => interval.start.endsWith('T00:00:00Z'));
    const text =
      start.slice(0, 10) === day || isDaily
        ? isDaily
          ? start.slice(5, 10)
          : start.slice(11, 16)
        : start.slice(5, 16).replace('T', ' ');
    day = start.slice(0, 10);
    line = line.padEnd(labels + at * cell) + text;
  });
  return line;
}

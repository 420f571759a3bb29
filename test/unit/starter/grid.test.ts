import { expect, test } from 'vitest';
import { intervalsBetween } from '../../../model/interval.js';
import type { StepOutcome } from '../../../model/step-outcome.js';
import { gridOf } from '../../../control/grid.js';
import { gridText } from '../../../starter/grid-text.js';
import type { RunRow } from '../../../model/run-row.js';

const hour = (at: number) => new Date(Date.UTC(2022, 10, 24, at)).toISOString().replace('.000Z', 'Z');
const intervals = intervalsBetween({ every: 3_600_000, offset: 0 }, Date.parse(hour(10)), Date.parse(hour(18)));

const row = (at: number, changes: Partial<RunRow>): RunRow => ({
  run: `p-${hour(at + 1)}`,
  runId: `${at}`,
  pipeline: 'p',
  interval: hour(at),
  status: 'completed',
  trigger: 'schedule',
  step: null,
  loaded: 1,
  rejected: 0,
  late: false,
  params: null,
  startedAt: hour(20),
  finishedAt: hour(21),
  ...changes,
});
const outcome = (step: StepOutcome['step'], state: StepOutcome['state'], entity?: string): StepOutcome => ({
  step,
  state,
  ...(entity && { entity }),
});
const whole = ['extract', 'validate', 'parquet', 'copy', 'dbt'].map((step) => outcome(step as 'extract', 'done'));

const rows = [
  row(10, { steps: whole }),
  // an earlier run of the same interval
  row(10, { runId: 'earlier', startedAt: hour(19), status: 'failed', step: 'extract' }),
  row(11, {
    status: 'failed',
    step: 'copy.b',
    steps: [...whole.slice(0, 3), outcome('copy', 'done', 'a'), outcome('copy', 'failed', 'b')],
  }),
  row(12, { status: 'running', step: 'validate' }),
  row(13, { status: 'parked', steps: [outcome('extract', 'parked')] }),
  row(14, { steps: [outcome('extract', 'reused'), ...whole.slice(1)] }),
  // kept no steps
  row(15, { status: 'completed' }),
  row(16, { status: 'failed', step: 'copy.a' }),
];

test('the newest run of each interval by step, the worst entity of a step', () => {
  const columns = gridOf('p', intervals, rows);
  const states = columns.map(({ status, steps, failed }) => [status, ...Object.values(steps), failed]);
  expect(states).toEqual([
    ['completed', 'done', 'done', 'done', 'done', 'done', null],
    ['failed', 'done', 'done', 'done', 'failed', 'none', 'copy b'],
    ['running', 'done', 'running', 'none', 'none', 'none', null],
    ['parked', 'parked', 'none', 'none', 'none', 'none', 'extract'],
    ['completed', 'reused', 'done', 'done', 'done', 'done', null],
    ['completed', 'done', 'done', 'done', 'done', 'untold', null],
    ['failed', 'done', 'done', 'done', 'failed', 'none', 'copy.a'],
    ['no run', 'none', 'none', 'none', 'none', 'none', null],
  ]);
});

test('without colours glyphs tell states apart, and what failed is named', () => {
  const plain = { paint: (_: string, text: string) => text, width: () => 80 };
  expect(gridText(gridOf('p', intervals, rows), plain)).toBe(
    `
            11-24 10:00 16:00
run         ■ ✗ ▶ ‖ ■ ■ ✗ ·
  extract   ■ ■ ■ ‖ □ ■ ■ ·
  validate  ■ ■ ▶ · ■ ■ ■ ·
  parquet   ■ ■ · · ■ ■ ■ ·
  copy      ■ ✗ · · ■ ■ ✗ ·
  dbt       ■ · · · ■ ? · ·

■ done   ✗ failed   · not run   ▶ running   ‖ parked   □ taken over from an earlier run   ? not told by the ledger

failed  p-2022-11-24T12:00:00Z  copy b
parked  p-2022-11-24T14:00:00Z  extract
failed  p-2022-11-24T17:00:00Z  copy.a`.slice(1),
  );
});

test('runs that have notes are marked, and the legend says how to read them', () => {
  const noted = new Map([[`p-${hour(12)}`, 2]]);
  const columns = gridOf('p', intervals, rows, noted);
  expect(columns.map(({ notes }) => notes)).toEqual([0, 2, 0, 0, 0, 0, 0, 0]);
  const text = gridText(columns, { paint: (_: string, text: string) => text, width: () => 80 });
  expect(text).toContain('\n  notes       *\n  extract ');
  expect(text).toContain('* has notes: waterclock show <run>');
});

test('what is wider than the terminal goes on below', () => {
  const many = intervalsBetween({ every: 3_600_000, offset: 0 }, Date.parse(hour(0)), Date.parse(hour(50)));
  const plain = { paint: (_: string, text: string) => text, width: () => 60 };
  const text = gridText(gridOf('p', many, []), plain);
  expect(text.match(/^run/gm)).toHaveLength(3);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('tasks before and after a run have rows where a run had some', () => {
  const steps = [
    outcome('before', 'done', 'check'),
    ...whole,
    outcome('after', 'done', 'a'),
    outcome('after', 'failed', 'b'),
  ];
  const columns = gridOf('p', intervals.slice(0, 2), [
    row(10, { status: 'failed', step: 'after.b', steps }),
    row(11, { steps: whole }),
  ]);
  expect(columns.map(({ steps, failed }) => [steps.before, steps.after, failed])).toEqual([
    ['done', 'failed', 'after b'],
    [undefined, undefined, null],
  ]);
  const text = gridText(columns, { paint: (_, text) => text, width: () => 80 });
  expect(text).toMatch(/ {2}before +■ ·\n {2}extract/);
  expect(text).toMatch(/ {2}after +✗ ·$/m);
  const without = gridText(gridOf('p', intervals, rows), { paint: (_, text) => text, width: () => 80 });
  expect(without).not.toMatch(/before|after/);
});

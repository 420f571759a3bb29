import { expect, test } from 'vitest';
import { markdownTable } from '../../../starter/markdown-table.js';
import { elapsed, every } from '../../../control/lengths.js';
import { table } from '../../../starter/table.js';

test('text to the left, numbers to the right, nothing as a dash', () => {
  const rows = [
    { place: 'Peña Blanca', magnitude: 4.5 },
    { place: null, magnitude: 10 },
  ];
  expect(table(rows)).toBe(
    ['place        magnitude', '───────────  ─────────', 'Peña Blanca        4.5', '-                   10'].join('\n'),
  );
});

test('lines are cut to the width of the terminal', () => {
  expect(table([{ text: 'abcdefghij' }], { width: 5 }).split('\n')[2]).toBe('abcd…');
});

test('a line break inside a value does not break the table', () => {
  expect(table([{ sql: 'select\n  1' }]).split('\n')).toHaveLength(3);
});

test.each([
  [300, '0.3 s'],
  [65_000, '1 min 5 s'],
  [7_200_000, '2 h'],
  [90_061_000, '1 d 1 h'],
])('%i ms is %s', (ms, text) => {
  expect(elapsed(ms)).toBe(text);
});

test.each([
  [3_600_000, '1 hour'],
  [900_000, '15 minutes'],
  [86_400_000, '1 day'],
])('%i ms is %s', (ms, text) => {
  expect(every(ms)).toBe(text);
});

test('the live table of a run becomes a table of the terminal', () => {
  const markdown = '| step | state |\n| --- | --- |\n| extract | [done](http://web) |';
  expect(markdownTable(markdown)).toBe(['step     state', '───────  ─────', 'extract  done'].join('\n'));
  expect(markdownTable('3 of 4 intervals loaded')).toBe('3 of 4 intervals loaded');
});

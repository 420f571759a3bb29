import { expect, test } from 'vitest';
import { addToStreak, isCommonCause, probeWait } from '../../../model/hold.js';
import { maxActiveProblem } from '../../../model/backfill.js';

const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };

test('a streak is of one cause: another begins it again', () => {
  const one = addToStreak(addToStreak(undefined, 'a', interval), 'a', interval);
  expect(one).toEqual({ cause: 'a', failed: [interval, interval] });
  expect(addToStreak(one, 'b', interval)).toEqual({ cause: 'b', failed: [interval] });
});

test('probes are 1, 2, 4, ... 30 minutes apart, however many there were', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 5_000].map((probes) => probeWait(probes) / 60_000)).toEqual([
    1, 2, 4, 8, 16, 30, 30, 30,
  ]);
});

test.each([
  ['TransientError', true],
  ['SourceRefused', true],
  ['TypeError', true],
  ['Parked', true],
  ['NothingUsable', false],
  ['Cancelled', false],
  [undefined, false],
])('%s meets other intervals too: %s', (cause, isCommon) => {
  expect(isCommonCause(cause)).toBe(isCommon);
});

test.each([0, -1, 101, 250, 1.5, NaN, '4', undefined])('%s runs at a time are refused with the limit', (count) => {
  expect(maxActiveProblem(count)).toContain('from 1 to 100, got ');
});

test('1 and 100 runs at a time are taken', () => {
  expect([maxActiveProblem(1), maxActiveProblem(100)]).toEqual([undefined, undefined]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueAt, duration, intervalsBetween, iso, lastComplete, parseTime } from '../../../model/interval.js';
import { partition } from '../../../model/keys.js';
import { parseRunName, runName } from '../../../model/names.js';

const grids = fc.record({
  every: fc.constantFrom(duration('15 minutes'), duration('1 hour'), duration('6 hours'), duration('1 day')),
  offset: fc.integer({ min: 0, max: 7_200 }).map((seconds) => seconds * 1000),
});
const times = fc.integer({ min: Date.parse('2016-01-01'), max: Date.parse('2040-01-01') });

test('intervals tile a range: each begins where the one before ends', () => {
  fc.assert(
    fc.property(grids, times, fc.integer({ min: 0, max: 60 }), (grid, at, count) => {
      const from = Math.ceil(at / grid.every) * grid.every;
      const found = intervalsBetween(grid, from, from + count * grid.every);
      expect(found).toHaveLength(count);
      const edges = [iso(from), ...found.map((interval) => interval.end)];
      expect(found.map((interval) => interval.start)).toEqual(edges.slice(0, -1));
    }),
  );
});

test('the last complete interval is due, the next one is not', () => {
  fc.assert(
    fc.property(grids, times, (grid, now) => {
      const interval = lastComplete(grid, now);
      expect(dueAt(grid, interval)).toBeLessThanOrEqual(now);
      expect(dueAt(grid, interval) + grid.every).toBeGreaterThan(now);
    }),
  );
});

test('a run is named after its interval, and the name can be read back', () => {
  const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
  expect(runName('door2door', interval)).toBe('door2door-2022-11-24T11:00:00Z');
  expect(parseRunName('door2door-2022-11-24T11:00:00Z')).toEqual({ pipeline: 'door2door', end: interval.end });
  expect(parseRunName('backfill-door2door')).toBeUndefined();
});

test.each([
  ['2022-11-24', '2022-11-24T00:00:00Z'],
  ['2022-11-24T10:00', '2022-11-24T10:00:00Z'],
  ['2022-11-24T10:00Z', '2022-11-24T10:00:00Z'],
  ['2022-11-24T11:00+01:00', '2022-11-24T10:00:00Z'],
])('the time %s is %s', (text, want) => {
  expect(iso(parseTime(text))).toBe(want);
});

test.each(['yesterday', '2022-13-01', '24.11.2022', ''])('%s is no time', (text) => {
  expect(() => parseTime(text)).toThrow(/2022-11-24T10:00Z/);
});

test.each([
  ['2022-11-24T10:00:00Z', '2022-11-24T11:00:00Z', 'dt=2022-11-24/hr=10'],
  ['2022-11-24T00:00:00Z', '2022-11-25T00:00:00Z', 'dt=2022-11-24'],
  ['2022-11-24T10:15:00Z', '2022-11-24T10:30:00Z', 'dt=2022-11-24/hr=10/min=15'],
])('%s to %s lies in %s', (start, end, want) => {
  expect(partition({ start, end })).toBe(want);
});

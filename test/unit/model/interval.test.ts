import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  dueAt,
  duration,
  firstFrom,
  intervalEnding,
  intervalsBetween,
  iso,
  isOnGrid,
  lastComplete,
  parseTime,
  type Grid,
} from '../../../model/interval.js';
import { partition } from '../../../model/keys.js';
import { parseRunName, runName } from '../../../model/names.js';

const offsets = fc.integer({ min: 0, max: 7_200 }).map((seconds) => seconds * 1000);
const steps = fc.constantFrom('15 minutes', '1 hour', '6 hours', '1 day').map(duration);
const crons = fc.constantFrom(
  '30 6 * * *',
  '0 */6 * * *',
  '0 0 * * 1-5',
  '15,45 8-18 * * *',
  '0 0 1 * *',
  '0 12 29 2 *',
  '0 0 28-31 * *',
  '59 23 31 * *',
);
const grids: fc.Arbitrary<Grid> = fc.oneof(
  fc.record({ every: steps, offset: offsets }),
  fc.record({ cron: crons, offset: offsets }),
);
const times = fc.integer({ min: Date.parse('2016-01-01'), max: Date.parse('2040-01-01') });

test('intervals tile a range: each begins where the one before ends', () => {
  fc.assert(
    fc.property(grids, times, fc.integer({ min: 0, max: 60 }), (grid, at, count) => {
      const first = firstFrom(grid, at);
      let to = first.start;
      for (let left = count; left > 0; left--) to = firstFrom(grid, Date.parse(to)).end;
      const found = intervalsBetween(grid, at, Date.parse(to));
      expect(found).toHaveLength(count);
      const edges = [first.start, ...found.map((interval) => interval.end)];
      expect(found.map((interval) => interval.start)).toEqual(edges.slice(0, -1));
      for (const interval of found) expect(intervalEnding(grid, Date.parse(interval.end))).toEqual(interval);
    }),
  );
});

test('a range cut at any point, or walked backwards, has the same intervals', () => {
  fc.assert(
    fc.property(grids, times, fc.integer({ min: 1, max: 40 }), fc.nat(40), (grid, at, count, cut) => {
      let to = firstFrom(grid, at).end;
      for (let left = count - 1; left > 0; left--) to = firstFrom(grid, Date.parse(to)).end;
      const whole = intervalsBetween(grid, at, Date.parse(to));
      const middle = Date.parse(whole[Math.min(cut, count - 1)]?.start ?? '');
      expect([...intervalsBetween(grid, at, middle), ...intervalsBetween(grid, middle, Date.parse(to))]).toEqual(whole);
      const backwards = [lastComplete({ ...grid, offset: 0 }, Date.parse(to))];
      while (backwards.length < count) {
        backwards.push(lastComplete({ ...grid, offset: 0 }, Date.parse(backwards.at(-1)?.start ?? '')));
      }
      expect(backwards.reverse()).toEqual(whole);
    }),
  );
});

test('the last complete interval is due, the next one is not', () => {
  fc.assert(
    fc.property(grids, times, (grid, now) => {
      const interval = lastComplete(grid, now);
      expect(dueAt(grid, interval)).toBeLessThanOrEqual(now);
      expect(dueAt(grid, firstFrom(grid, Date.parse(interval.end)))).toBeGreaterThan(now);
      expect(isOnGrid(grid, Date.parse(interval.end))).toBe(true);
    }),
  );
});

test('a run is named after its interval, and the name can be read back', () => {
  const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
  expect(runName('minibuses', interval)).toBe('minibuses-2022-11-24T11:00:00Z');
  expect(parseRunName('minibuses-2022-11-24T11:00:00Z')).toEqual({ pipeline: 'minibuses', end: interval.end });
  expect(parseRunName('backfill-minibuses')).toBeUndefined();
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

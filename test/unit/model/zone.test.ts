import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tickAfter, parseCron } from '../../../model/cron.js';
import {
  dueAt,
  firstFrom,
  intervalEnding,
  intervalsBetween,
  isOnGrid,
  lastComplete,
  type Grid,
} from '../../../model/interval.js';
import { gridPartitions, keys, ownPartitions, partition, type RunRef } from '../../../model/keys.js';
import { momentsOf, offsetAt, repeatedTimes, zoneProblem } from '../../../model/zone.js';

const hour = 3_600_000;
const day = 24 * hour;
const madrid: Grid = { cron: '0 0 * * *', timezone: 'Europe/Madrid', offset: 0 };
const at = (text: string) => Date.parse(text);

const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'));
const crons = fc.oneof(
  fc.tuple(fc.nat(59), fc.nat(23)).map(([minute, of]) => `${minute} ${of} * * *`),
  fc.constantFrom(
    '*/15 * * * *',
    '0 * * * *',
    '30 2 * * *',
    '0 0 * * 1-5',
    '15,45 8-18 * * *',
    '0 0 1 * *',
    '0 0,12 * * *',
  ),
);
const grids: fc.Arbitrary<Grid> = fc.record({
  cron: crons,
  timezone: fc.constantFrom(...zones),
  offset: fc.integer({ min: 0, max: 7200 }).map((seconds) => seconds * 1000),
});
const times = fc.integer({ min: at('2000-01-01'), max: at('2040-01-01') });
/** near a change of some zone's clocks, which random times seldom are */
const changes = fc
  .tuple(fc.constantFrom(...zones), times, fc.integer({ min: -2 * day, max: 2 * day }))
  .map(([zone, from, away]) => {
    for (let at = from; at < from + 366 * day; at += day) {
      if (offsetAt(zone, at) !== offsetAt(zone, at + day)) return { zone, at: at + away };
    }
    return { zone, at: from };
  });

test('intervals of any zone tile time, and every way to ask for one agrees', () => {
  fc.assert(
    fc.property(grids, changes, fc.integer({ min: 1, max: 30 }), (given, { zone, at: from }, count) => {
      const grid: Grid = { ...given, cron: given.cron ?? '', every: undefined as never, timezone: zone };
      const first = firstFrom(grid, from);
      let to = first.end;
      for (let left = count - 1; left > 0; left--) to = firstFrom(grid, at(to)).end;
      const found = intervalsBetween(grid, from, at(to));
      expect(found).toHaveLength(count);
      expect(found.map(({ start }) => start)).toEqual([first.start, ...found.slice(0, -1).map(({ end }) => end)]);
      const plain = { ...grid, offset: 0 };
      for (const interval of found) {
        const [start, end] = [at(interval.start), at(interval.end)];
        expect(start).toBeLessThan(end);
        expect([isOnGrid(grid, start), isOnGrid(grid, end), isOnGrid(grid, end - 1000)]).toEqual([true, true, false]);
        expect(intervalEnding(grid, end)).toEqual(interval);
        expect(firstFrom(grid, start)).toEqual(interval);
        expect(lastComplete(plain, end)).toEqual(interval);
        expect(lastComplete(grid, dueAt(grid, interval))).toEqual(interval);
      }
    }),
    { numRuns: 300 },
  );
});

test('clocks that go back over midnight show the end of a day again', () => {
  // at 00:01 of November 1 they showed 23:01 of October 31
  const grid: Grid = { cron: '0 * * * *', timezone: 'America/Goose_Bay', offset: 0 };
  const half: Grid = { ...grid, cron: '30 * * * *' };
  expect(intervalEnding(grid, at('2009-11-01T04:00:00Z')).start).toBe('2009-11-01T03:00:00Z');
  expect(firstFrom(grid, at('2009-11-01T02:00:00Z')).end).toBe('2009-11-01T03:00:00Z');
  expect(intervalEnding(half, at('2009-11-01T04:30:00Z')).start).toBe('2009-11-01T03:30:00Z');
  expect(firstFrom(half, at('2009-11-01T02:30:00Z')).end).toBe('2009-11-01T03:30:00Z');
});

test('clocks that go back just after midnight show the beginning of a day before the end of the one before', () => {
  // at 00:01 of October 26 they showed 23:01 of October 25
  const grid: Grid = { cron: '*/15 * * * *', timezone: 'America/St_Johns', offset: 0 };
  const ends = intervalsBetween(grid, at('2003-10-26T02:15Z'), at('2003-10-26T03:45Z')).map(({ end }) => end.slice(11));
  expect(ends).toEqual(['02:30:00Z', '02:45:00Z', '03:00:00Z', '03:15:00Z', '03:30:00Z', '03:45:00Z']);
  expect(intervalEnding(grid, at('2003-10-26T02:45Z')).start).toBe('2003-10-26T02:30:00Z');
});

test('a tick is a moment at which the clocks show the time of the cron expression', () => {
  fc.assert(
    fc.property(crons, changes, (cron, { zone, at: from }) => {
      const fields = parseCron(cron);
      const tick = tickAfter(fields, from, zone) ?? NaN;
      const shows = (epoch: number) => {
        const shown = epoch + offsetAt(zone, epoch);
        return tickAfter(fields, shown - 1) === shown;
      };
      expect(shows(tick)).toBe(true);
      const minute = 60_000;
      for (
        let before = Math.floor(from / minute + 1) * minute;
        before < Math.min(tick, from + 3 * day);
        before += minute
      ) {
        if (shows(before)) throw new Error(`${new Date(before).toISOString()} in ${zone} is no tick of ${cron}`);
      }
    }),
    { numRuns: 60 },
  );
});

describe('days in Madrid', () => {
  test.each([
    ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23],
    ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25],
    ['2026-07-01T22:00:00Z', '2026-07-02T22:00:00Z', 24],
  ])('%s to %s has %d hours', (start, end, hours) => {
    expect(intervalEnding(madrid, at(end))).toEqual({ start, end });
    expect(at(end) - at(start)).toBe(hours * hour);
  });

  test('a year of them holds all of its hours', () => {
    const year = intervalsBetween(madrid, at('2025-12-31T23:00Z'), at('2026-12-31T23:00Z'));
    expect(year).toHaveLength(365);
    expect(year.reduce((sum, { start, end }) => sum + at(end) - at(start), 0)).toBe(365 * day);
  });
});

test('a time that is left out never comes, one that comes twice has two moments', () => {
  const shown = (text: string) => momentsOf('Europe/Madrid', [at(text)]).map((epoch) => new Date(epoch).toISOString());
  expect(shown('2026-03-29T02:30Z')).toEqual([]);
  expect(shown('2026-10-25T02:30Z')).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']);
  expect(shown('2026-07-01T02:30Z')).toEqual(['2026-07-01T00:30:00.000Z']);
  const grid: Grid = { cron: '30 2 * * *', timezone: 'America/New_York', offset: 0 };
  const long = firstFrom(grid, at('2026-03-07T00:00Z'));
  expect((at(long.end) - at(long.start)) / hour).toBe(47);
});

test('the times that come twice are known', () => {
  expect(repeatedTimes('Europe/Madrid')[0]).toEqual({ from: at('2026-10-25T02:00Z'), to: at('2026-10-25T03:00Z') });
  expect(repeatedTimes('America/Santiago')[0]).toEqual({ from: at('2026-04-04T23:00Z'), to: at('2026-04-05T00:00Z') });
  expect(repeatedTimes('Asia/Kolkata')).toEqual([]);
});

test.each([
  ['Europe/Madrid', undefined],
  ['America/Argentina/Buenos_Aires', undefined],
  ['Asia/Calcutta', undefined],
  ['Asia/Kolkata', undefined],
  ['europe/madrid', 'got'],
  ['Europe/MADRID', 'write it Europe/Madrid'],
  ['Europe/Madird', 'got'],
  ['CET', 'got'],
  ['+01:00', 'got'],
  ['', 'got'],
])('the zone %j: %j', (zone, problem) => {
  if (problem === undefined) expect(zoneProblem(zone)).toBeUndefined();
  else expect(zoneProblem(zone)).toContain(problem);
});

test('two days that begin on one day of UTC have folders and partitions of their own', () => {
  const london: Grid = { cron: '0 0 * * *', timezone: 'Europe/London', offset: 0 };
  const days = intervalsBetween(london, at('2026-03-28T00:00Z'), at('2026-04-01T00:00Z'));
  const { partitions } = ownPartitions(london);
  expect(days.map((interval) => partition(interval, partitions))).toEqual([
    'dt=2026-03-28/hr=00/min=00',
    'dt=2026-03-29/hr=00/min=00',
    'dt=2026-03-29/hr=23/min=00',
    'dt=2026-03-30/hr=23/min=00',
  ]);
  expect(gridPartitions(london)).toEqual(partitions);
  const [interval = { start: '', end: '' }] = days;
  const run: RunRef = {
    pipeline: 'p',
    interval,
    workflowId: 'p',
    runId: 'a1',
    trigger: 'schedule',
    ...ownPartitions(london),
  };
  expect(keys.processedFolder(run, 'rows')).toBe('processed/p/rows/dt=2026-03-28/hr=00/min=00/a1');
  expect(ownPartitions({ every: day, offset: 0 })).toEqual({});
});

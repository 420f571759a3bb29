import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration, iso, lastComplete, dueAt } from '../../../model/interval.js';
import { findingsOf, watchedIntervals, type Watched } from '../../../model/missing.js';

const hour = duration('1 hour');
const watched: Watched = {
  grid: { every: hour, offset: duration('5 minutes') },
  catchup: duration('6 hours'),
  deadline: duration('30 minutes'),
  settle: [],
  snapshot: false,
};
const now = Date.parse('2024-05-01T12:20:00Z');
const starts = (intervals: { start: string }[]) => intervals.map(({ start }) => start.slice(11, 13));
const closed = (start: string, status = 'completed', finishedAt = '2024-05-01T12:00:00Z') => ({
  start: `2024-05-01T${start}:00:00Z`,
  status,
  finishedAt,
});

test('what never ran is missing, and late once past its deadline', () => {
  const found = findingsOf(watched, now, [closed('08'), closed('09')], new Set());
  expect(starts(found.missing)).toEqual(['07', '10', '11']);
  // 11 was due at 12:05 and has until 12:35
  expect(starts(found.late)).toEqual(['07', '10']);
});

test('what runs or failed is late, and never filled', () => {
  const runs = [closed('07'), closed('08', 'failed'), closed('09', 'cancelled'), closed('11')];
  const found = findingsOf(watched, now, runs, new Set(['2024-05-01T10:00:00Z']));
  expect(starts(found.late)).toEqual(['08', '09', '10']);
  expect(found.missing).toEqual([]);
});

test('nothing before the start, nothing of what a person skipped', () => {
  const from10 = { ...watched, start: Date.parse('2024-05-01T10:00:00Z') };
  expect(findingsOf(from10, now, [closed('10', 'skipped'), closed('11')], new Set())).toEqual({
    late: [],
    missing: [],
    unsettled: [],
  });
});

test('a snapshot has no past: only its last complete interval is looked at', () => {
  const found = findingsOf({ ...watched, snapshot: true, catchup: 0 }, now, [], new Set());
  expect(starts(found.missing)).toEqual(['11']);
});

test('what loaded before its source had settled runs again, once', () => {
  const settling = { ...watched, settle: [duration('1 day')] };
  const at = Date.parse('2024-05-02T09:30:00Z');
  const early = closed('08', 'completed', '2024-05-01T09:06:00Z');
  expect(starts(findingsOf(settling, at, [early], new Set()).unsettled)).toEqual(['08']);
  const again = closed('08', 'completed', '2024-05-02T09:10:00Z');
  expect(findingsOf(settling, at, [again], new Set()).unsettled).toEqual([]);
});

test('for any grid and history: what is missing has neither run nor row, is due and within the catchup', () => {
  const grids = fc.constantFrom<Watched['grid']>(
    { every: hour, offset: 0 },
    { cron: '30 6 * * 1-5', offset: 3_600_000 },
    { cron: '0 0,12 * * *', offset: 0 },
  );
  const statuses = fc.constantFrom('completed', 'failed', 'cancelled', 'partial', 'skipped', 'running', 'none');
  fc.assert(
    fc.property(
      grids,
      fc.integer({ min: Date.parse('2023-01-01'), max: Date.parse('2025-01-01') }),
      fc.array(statuses, { maxLength: 40 }),
      (grid, at, history) => {
        const any = { ...watched, grid, catchup: duration('12 days') };
        const intervals = watchedIntervals(any, at);
        const status = (index: number) => history[index] ?? 'none';
        const rows = intervals.flatMap(({ start }, index) =>
          ['running', 'none'].includes(status(index)) ? [] : [{ start, status: status(index), finishedAt: iso(at) }],
        );
        const hasRun = new Set(intervals.filter((_, index) => status(index) === 'running').map(({ start }) => start));
        const { missing, late } = findingsOf(any, at, rows, hasRun);
        expect(missing).toEqual(intervals.filter((_, index) => status(index) === 'none'));
        for (const interval of [...missing, ...late]) {
          expect(dueAt(grid, interval)).toBeLessThanOrEqual(at);
          expect(Date.parse(interval.end)).toBeLessThanOrEqual(Date.parse(lastComplete(grid, at).end));
        }
        for (const interval of late) {
          expect(['completed', 'skipped']).not.toContain(status(intervals.indexOf(interval)));
        }
      },
    ),
    { numRuns: 50 },
  );
});

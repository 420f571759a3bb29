import { expect, test } from 'vitest';
import { downstreamOf, waitersFor, type Linked } from '../../../model/dependents.js';
import type { Grid } from '../../../model/interval.js';

const hour = 3_600_000;
const hourly: Grid = { every: hour, offset: 0 };
const daily: Grid = { every: 24 * hour, offset: 0 };
const madrid: Grid = { cron: '0 0 * * *', timezone: 'Europe/Madrid', offset: 0 };
const linked = (name: string, after: string[] = [], grid: Grid = hourly): Linked => ({ name, grid, policy: { after } });
const later = Date.parse('2030-01-01T00:00:00Z');

const waiting = (upstream: Grid, dependent: Grid, start: string, end: string, now = later) =>
  waitersFor([linked('b', ['a'], dependent)], linked('a', [], upstream), { start, end }, now).map(({ run, needed }) => [
    run,
    needed.length,
  ]);

test('of two pipelines of one grid, one run waits for an interval', () => {
  expect(waiting(hourly, hourly, '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z')).toEqual([
    ['b-2026-03-01T11:00:00Z', 1],
  ]);
});

test('a day waits for each of its hours, and its hours for the day', () => {
  expect(waiting(hourly, daily, '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z')).toEqual([
    ['b-2026-03-02T00:00:00Z', 24],
  ]);
  const hours = waiting(daily, hourly, '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z');
  expect(hours).toHaveLength(24);
  expect(hours[0]).toEqual(['b-2026-03-01T01:00:00Z', 1]);
});

test('a day that is not over has no run that waits', () => {
  const now = Date.parse('2026-03-01T11:05:00Z');
  expect(waiting(hourly, daily, '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z', now)).toEqual([]);
});

test('a day of a zone has 23 hours when its clocks go forward, and overlaps two days of UTC', () => {
  expect(waiting(hourly, madrid, '2026-03-29T10:00:00Z', '2026-03-29T11:00:00Z')).toEqual([
    ['b-2026-03-29T22:00:00Z', 23],
  ]);
  expect(waiting(daily, madrid, '2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z')).toEqual([
    ['b-2026-03-29T22:00:00Z', 2],
    ['b-2026-03-30T22:00:00Z', 2],
  ]);
});

test('pipelines downstream come behind all that they wait for, each once', () => {
  const diamond = [linked('d', ['c', 'b']), linked('b', ['a']), linked('e', ['d', 'a']), linked('c', ['a', 'x'])];
  const names = downstreamOf([linked('a'), linked('x'), ...diamond], 'a').map(({ name }) => name);
  expect([...names].sort()).toEqual(['b', 'c', 'd', 'e']);
  const isBefore = (one: string, other: string) => names.indexOf(one) < names.indexOf(other);
  expect([isBefore('b', 'd'), isBefore('c', 'd'), isBefore('d', 'e')]).toEqual([true, true, true]);
});

test('pipelines that wait for each other are followed to an end', () => {
  const found = downstreamOf([linked('a', ['c']), linked('b', ['a']), linked('c', ['b'])], 'a');
  expect(found.map(({ name }) => name)).toEqual(['b', 'c']);
});

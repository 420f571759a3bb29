import { expect, test } from 'vitest';
import { newestClosed, putClosed } from '../../../lake/closed-runs.js';
import { usersOf } from '../../../lake/used-by.js';
import type { Linked } from '../../../model/dependents.js';
import { intervalsBetween, intervalsCovering, type Grid, type Interval } from '../../../model/interval.js';
import type { RunStatus } from '../../../model/run-result.js';
import { memoryStore } from '../../../testing/memory-store.js';

const hour = 3_600_000;
const hourly: Grid = { every: hour, offset: 0 };
const daily: Grid = { every: 24 * hour, offset: 0 };
const day: Interval = { start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' };
const hours = intervalsCovering(hourly, day);
const [first] = hours as [Interval];
const linked = (name: string, after: string[], grid = hourly as Grid): Linked => ({ name, grid, policy: { after } });

async function lakeOf(closed: [pipeline: string, interval: Interval, status: RunStatus][]) {
  const store = memoryStore();
  for (const [pipeline, interval, status] of closed) {
    await putClosed(store, 'lake', pipeline, { ...interval, status, runId: status, finishedAt: interval.end });
  }
  return (pipeline: string, { from, to }: { from: string; to: string }) =>
    newestClosed(store, 'lake', pipeline, from, to);
}

const names = (found: Awaited<ReturnType<typeof usersOf>>) =>
  found.map(({ pipeline, intervals }) => `${pipeline} ${intervals.length}`);

test('what used an interval is what overlaps it, comes after it, and has loaded; each once on a diamond', async () => {
  const pipelines = [linked('a', []), linked('d', ['b', 'c'], daily), linked('b', ['a']), linked('c', ['a'])];
  const closed = await lakeOf([
    ['b', first, 'completed'],
    ['c', first, 'completed'],
    ['b', hours[1] as Interval, 'completed'],
    ['d', day, 'completed'],
  ]);
  const found = await usersOf(pipelines, 'a', [first], closed);
  expect(names(found).sort()).toEqual(['b 1', 'c 1', 'd 1']);
  expect(found.at(-1)).toEqual({ pipeline: 'd', intervals: [day] });
});

test.each<RunStatus>(['failed', 'partial', 'cancelled', 'skipped', 'marked'])(
  'one that ended as %s used nothing, and what comes after it has nothing new to use',
  async (status) => {
    const pipelines = [linked('a', []), linked('b', ['a']), linked('c', ['b'])];
    const closed = await lakeOf([
      ['b', first, status],
      ['c', first, 'completed'],
    ]);
    expect(await usersOf(pipelines, 'a', [first], closed)).toEqual([]);
  },
);

test('hours after a day are all of that day, and no other', async () => {
  const pipelines = [linked('a', [], daily), linked('b', ['a'])];
  const more = intervalsBetween(hourly, Date.parse(day.start) - 2 * hour, Date.parse(day.end) + 2 * hour);
  const closed = await lakeOf(more.map((one) => ['b', one, 'completed']));
  expect(await usersOf(pipelines, 'a', [day], closed)).toEqual([{ pipeline: 'b', intervals: hours }]);
});

import { beforeEach, expect, test } from 'vitest';
import { putClosed } from '../../../lake/closed-runs.js';
import type { CloseInput } from '../../../activities/types.js';
import { alertId } from '../../../model/alert.js';
import { duration, intervalsBetween, iso, type Interval } from '../../../model/interval.js';
import { fillId, runName } from '../../../model/names.js';
import type { RunStatus } from '../../../model/run-result.js';
import { looking } from '../../support/looking.js';
import { memoryLedger, type MemoryLedger } from '../../support/memory-ledger.js';
import { memoryStore, type MemoryStore } from '../../../testing/memory-store.js';
import { plainPipeline } from '../../support/no-op-service.js';

const hour = duration('1 hour');
const minute = duration('1 minute');
const grid = { every: hour, offset: 0 };
const begin = Date.parse('2026-03-01T00:00:00Z');

let now: number;
let store: MemoryStore;
let ledger: MemoryLedger;
const alerts = { late: ['log' as const], gap: ['log' as const] };
const pipeline = {
  ...plainPipeline,
  name: 'p',
  grid,
  start: begin,
  catchup: duration('1 day'),
  deadline: 30 * minute,
  policy: { ...plainPipeline.policy, alerts },
};
const day = intervalsBetween(grid, begin, begin + 24 * hour);

beforeEach(() => {
  now = begin + 4 * hour + minute;
  store = memoryStore();
  ledger = memoryLedger();
});

const world = (changes: Partial<typeof pipeline> = {}) => {
  const pipelines = [{ ...pipeline, ...changes }];
  return looking({ store, warehouse: ledger.warehouse, lakeBucket: 'lake', pipelines, now: () => now });
};
const close = (interval: Interval, status: RunStatus, at = now) =>
  putClosed(store, 'lake', 'p', { ...interval, status, runId: 'r', finishedAt: iso(at) });
const inLedger = (interval: Interval, status: RunStatus) => {
  const run = { pipeline: 'p', interval, workflowId: '', runId: 'r', trigger: 'schedule' as const };
  ledger.rows.push({ run, status, finishedAt: iso(now) } as CloseInput);
};
const name = (interval: Interval | undefined) => runName('p', interval ?? { end: '' });

test('a run that a person ended between two missing intervals is not among those to fill, also once Temporal forgets it', async () => {
  const { runs, look, listed } = world();
  const [first, second, third, fourth] = day;
  runs.set(name(second), 'TERMINATED');
  const { counts, news } = await look('p');
  expect(counts).toEqual({ late: 3, missing: 3, unsettled: 0 });
  expect(news?.missing && (await listed(news.missing))).toEqual([first, third, fourth]);
  runs.clear();
  expect((await look('p')).counts).toMatchObject({ missing: 3 });
});

test('what is late is news once, by its list; a run that said it of itself is left out', async () => {
  const { runs, look, listed, note } = world();
  for (const interval of day.slice(0, 4)) runs.set(name(interval), 'RUNNING');
  runs.set(alertId({ kind: 'late', subject: name(day[1]) }), 'COMPLETED');
  const { news } = await look('p');
  expect(news?.late && (await listed(news.late))).toEqual([day[0], day[2]]);
  // lost before it was noted: said again, under the same list
  expect((await look('p')).news?.late).toEqual(news?.late);
  if (news?.late) await note('p', news.late);
  expect(await look('p')).toEqual({ counts: { late: 3, missing: 0, unsettled: 0 } });
  now += hour;
  runs.set(name(day[4]), 'RUNNING');
  const later = await look('p');
  expect(later.news?.late && (await listed(later.news.late))).toEqual([day[3]]);
});

test('without a channel for what is late there is no news of it', async () => {
  const { look } = world({ policy: { ...plainPipeline.policy, alerts: { late: [] as never, gap: ['log'] } } });
  const { counts, news } = await look('p');
  expect(counts?.late).toBe(3);
  expect(news?.late).toBeUndefined();
});

test('findings of any length: the answer stays small', async () => {
  const every = 5 * minute;
  now = begin + duration('7 days');
  const { look, listed } = world({ grid: { every, offset: 0 }, catchup: duration('7 days') });
  const found = await look('p');
  expect(found.counts).toEqual({ late: 2016 - 7, missing: 2016, unsettled: 0 });
  expect(JSON.stringify(found).length).toBeLessThan(2_000);
  expect(found.news?.missing && (await listed(found.news.missing)).length).toBe(2016);
});

test('while a backfill of an earlier look is at work, what is missing is no news', async () => {
  const { runs, look } = world();
  runs.set(fillId('p', 'missing'), 'RUNNING');
  const { counts, news } = await look('p');
  expect(counts?.missing).toBe(4);
  expect(news?.missing).toBeUndefined();
});

test('the ledger is asked once for what ran before the lake kept it', async () => {
  for (const interval of day.slice(0, 3)) inLedger(interval, 'completed');
  const { look, calls } = world();
  expect((await look('p')).counts).toEqual({ late: 0, missing: 1, unsettled: 0 });
  ledger.rows.length = 0;
  expect((await look('p')).counts).toEqual({ late: 0, missing: 1, unsettled: 0 });
  // another worker of the deployment
  const other = world();
  expect((await other.look('p')).counts).toEqual({ late: 0, missing: 1, unsettled: 0 });
  expect(calls.statements + other.calls.statements).toBe(1);
});

test('a longer catchup asks the ledger for the time that it adds, not for the rest', async () => {
  now = begin + 20 * hour;
  const short = world({ catchup: 5 * hour, start: begin });
  await short.look('p');
  const asked: string[] = [];
  const { query } = ledger.warehouse;
  ledger.warehouse.query = (sql, range = {}) => {
    asked.push(`${range['from']} ${range['to']}`);
    return query(sql, range);
  };
  await world({ catchup: 8 * hour }).look('p');
  expect(asked).toEqual(['2026-03-01 12:00:00 2026-03-01 15:00:00']);
});

test('a run that a worker of an earlier version completed is asked of the ledger once, also if it knows nothing', async () => {
  const { look, runs, calls } = world();
  await look('p');
  runs.set(name(day[0]), 'COMPLETED').set(name(day[1]), 'COMPLETED');
  inLedger(day[0] ?? { start: '', end: '' }, 'completed');
  for (let count = 0; count < 3; count++) {
    expect((await look('p')).counts).toEqual({ late: 2, missing: 2, unsettled: 0 });
  }
  expect(calls.statements).toBe(2);
});

test('a ledger that is away holds no alert back but of what only it knows', async () => {
  const { look, runs, listed } = world();
  await look('p');
  ledger.warehouse.query = () => Promise.reject(new Error('the workgroup is paused'));
  runs.set(name(day[0]), 'COMPLETED').set(name(day[1]), 'FAILED').set(name(day[2]), 'RUNNING');
  const { counts, news } = await look('p');
  expect(counts).toEqual({ late: 2, missing: 1, unsettled: 0 });
  expect(news?.late && (await listed(news.late))).toEqual([day[1], day[2]]);
});

test('a day of looks with everything loaded asks Temporal for what is under way and the ledger for nothing', async () => {
  const { look, runs, calls } = world();
  for (const interval of day.slice(0, 4)) await close(interval, 'completed');
  await look('p');
  Object.assign(calls, { describe: 0, schedule: 0, statements: 0 });
  for (let looks = 0; looks < 288; looks++) {
    now += 5 * minute;
    const due = intervalsBetween(grid, begin, now);
    for (const interval of due) {
      if (!runs.has(name(interval))) runs.set(name(interval), 'RUNNING');
      // ten minutes after it was due
      else if (now >= Date.parse(interval.end) + 10 * minute && runs.get(name(interval)) === 'RUNNING') {
        await close(interval, 'completed');
        runs.set(name(interval), 'COMPLETED');
      }
    }
    expect(await look('p')).toEqual({ counts: { late: 0, missing: 0, unsettled: 0 } });
  }
  expect(calls.statements).toBe(0);
  expect(calls.describe).toBeLessThan(24 * 3);
});

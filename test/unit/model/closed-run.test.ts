import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closedFrom, closedKey, newestOf, parseClosedKey, type ClosedRun } from '../../../model/closed-run.js';
import { iso } from '../../../model/interval.js';

const second = 1_000;
const times = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * second);
const runs = fc
  .record({
    at: times,
    length: fc.integer({ min: 1, max: 90_000 }),
    finished: times,
    fraction: fc.integer({ min: 0, max: 999 }),
    runId: fc.uuid(),
    status: fc.constantFrom<ClosedRun['status']>('completed', 'partial', 'skipped', 'failed', 'cancelled'),
  })
  .map(({ at, length, finished, fraction, ...rest }) => ({
    start: iso(at),
    end: iso(at + length * second),
    finishedAt: new Date(finished + fraction).toISOString(),
    ...rest,
  }));

test('a key says all of its run, and no server or file system minds its characters', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const key = closedKey('minibuses', run);
      expect(parseClosedKey(key)).toEqual(run);
      expect(key).toMatch(/^[\w./-]+$/);
    }),
  );
});

test('keys sort by the start of the interval, and a listing from a time has exactly those from it on', () => {
  fc.assert(
    fc.property(runs, times, (run, from) => {
      const { prefix, after } = closedFrom('minibuses', iso(from));
      const key = closedKey('minibuses', run);
      expect(key.startsWith(prefix)).toBe(true);
      expect(key > after).toBe(Date.parse(run.start) >= from);
    }),
  );
});

test('what is not the object of a run is none', () => {
  expect(parseClosedKey('runs/minibuses/0198/copy.trips.json')).toBeUndefined();
  expect(parseClosedKey('runs/minibuses/closed/20221124T100000Z_notes.json')).toBeUndefined();
});

test('the run that finished last counts, whatever the order', () => {
  const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
  const first: ClosedRun = { ...interval, runId: 'b', status: 'completed', finishedAt: '2022-11-24T11:05:00.000Z' };
  const second: ClosedRun = { ...interval, runId: 'a', status: 'failed', finishedAt: '2022-11-24T11:05:00.001Z' };
  expect(newestOf([first, second])).toEqual([second]);
  expect(newestOf([second, first])).toEqual([second]);
});

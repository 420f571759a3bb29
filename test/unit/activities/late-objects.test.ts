import { expect, test } from 'vitest';
import { lateStarts } from '../../../activities/late-objects.js';

const hour = (at: number) => `2022-11-24T${at}:00:00Z`;
const modified = (at: number, minute = 0) => Date.parse(hour(at)) + minute * 60_000;
/** a run of the hour that extracted these objects */
const run = (at: number, objects: [name: string, etag?: string][]) => {
  const sources = objects.map(([name, etag]) => ({ name, ...(etag && { etag }), offset: 0, bytes: 1 }));
  const parts = sources.length > 0 ? [{ key: 'part', bytes: 1, gzip: false, sources }] : [];
  return { start: hour(at), end: hour(at + 1), runId: `run-${at}`, parts };
};
const object = (key: string, at: number, etag: string | undefined = 'e', bytes = 1) => ({
  key,
  etag,
  modified: modified(at),
  bytes,
});

test('an interval is late by an object that its run did not extract, and by no other', () => {
  const runs = [run(10, [['a', 'e']]), run(11, [['b', 'e']]), run(12, [])];
  expect(lateStarts(runs, [object('a', 10), object('b', 11)])).toEqual([]);
  expect(lateStarts(runs, [object('a', 10), object('b', 11), object('c', 11)])).toEqual([hour(11)]);
  expect(lateStarts(runs, [object('a', 10), object('b', 11), object('c', 12)])).toEqual([hour(12)]);
});

test('an object counts for the interval in which it was modified', () => {
  const runs = [run(10, [['a', 'e']]), run(11, [])];
  const atTheBorder = { ...object('x', 11), modified: modified(11) };
  const before = { ...object('x', 10), modified: modified(11) - 1 };
  expect(lateStarts(runs, [object('a', 10), atTheBorder])).toEqual([hour(11)]);
  expect(lateStarts(runs, [object('a', 10), before])).toEqual([hour(10)]);
});

test('an object that was replaced is late, one that vanished is not', () => {
  expect(lateStarts([run(10, [['a', 'e']])], [object('a', 10, 'other')])).toEqual([hour(10)]);
  expect(
    lateStarts(
      [
        run(10, [
          ['a', 'e'],
          ['b', 'e'],
        ]),
      ],
      [object('a', 10)],
    ),
  ).toEqual([]);
});

test('an empty object is in no part, and loses nothing', () => {
  expect(lateStarts([run(10, [])], [object('a', 10, 'e', 0)])).toEqual([]);
});

test('a server without etags is compared by names', () => {
  expect(lateStarts([run(10, [['a']])], [object('a', 10)])).toEqual([]);
  expect(lateStarts([run(10, [['a', 'e']])], [{ ...object('a', 10), etag: undefined }])).toEqual([]);
});

import { expect, test } from 'vitest';
import { refuseTooManyRejected, refuseUnusable, unmatched } from '../../../activities/verdict.js';
import type { RecordCounts, ValidateManifest } from '../../../model/plan.js';

const plan = { entities: [] };
const nothing = { unreadable: [], ignored: [], dropped: [] };

function manifest(counts: Partial<RecordCounts>, { valid, rejected } = { valid: 0, rejected: 0 }): ValidateManifest {
  const interval = { start: '2018-02-01T00:00:00Z', end: '2018-02-01T01:00:00Z' };
  return {
    step: 'validate',
    run: { pipeline: 'shop', interval, workflowId: 'shop', runId: 'r', trigger: 'manual' },
    bucket: 'lake',
    counts: { records: 0, routed: 0, ignored: 0, dropped: 0, unparseable: 0, ...counts },
    entities: { orders: { valid, rejected, schemaHash: 'h', files: [] } },
    rejected: [],
    reasons: { 'id: is missing': rejected },
  };
}

test.each([
  ['one record that cannot be parsed', { records: 1, unparseable: 1 }, undefined],
  ['one that is rejected', { records: 1, routed: 1 }, { valid: 0, rejected: 1 }],
  ['some ignored, the rest rejected', { records: 9, ignored: 8, routed: 1 }, { valid: 0, rejected: 1 }],
])('nothing is usable of %s', (_, counts, rows) => {
  const run = () => refuseUnusable(manifest(counts, rows), plan, nothing);
  expect(run).toThrow(expect.objectContaining({ name: 'NothingUsable' }));
});

test('a file of which nothing can be read fails the run, whatever else loads', () => {
  const good = manifest({ records: 100, routed: 99, unparseable: 1 }, { valid: 99, rejected: 0 });
  expect(() => refuseUnusable(good, plan, nothing)).not.toThrow();
  expect(() => refuseUnusable(good, plan, { ...nothing, unreadable: ['a.json: it is a JSON array'] })).toThrow(
    expect.objectContaining({ name: 'UnreadablePart', message: expect.stringContaining('a.json') as string }),
  );
});

test('an interval in which nothing happened is fine', () => {
  expect(() => refuseUnusable(manifest({}), plan, nothing)).not.toThrow();
  expect(unmatched(manifest({}), nothing)).toBeUndefined();
});

test('records of which none is of use are told with their first values', () => {
  const ignored = unmatched(manifest({ records: 3, ignored: 3 }), { ...nothing, ignored: ['kind = "Order"'] });
  expect(ignored).toBe('none of 3 records is of use: 3 match no `when`, the first: kind = "Order"');
  const dropped = unmatched(manifest({ records: 3, dropped: 3 }), { ...nothing, dropped: ['at = 1'] });
  expect(dropped).toContain('3 lie outside of 2018-02-01T00:00:00Z to 2018-02-01T01:00:00Z by `eventTime`');
  expect(
    unmatched(manifest({ records: 3, routed: 1, dropped: 2 }, { valid: 1, rejected: 0 }), nothing),
  ).toBeUndefined();
});

test('unparseable records count for maxRejected', () => {
  const some = manifest({ records: 30, routed: 19, unparseable: 11 }, { valid: 19, rejected: 0 });
  expect(() => refuseTooManyRejected(some, { ...plan, maxRejected: { share: 0.01, atLeast: 10 } })).toThrow(
    /11 of 30 rows were rejected/,
  );
  expect(() => refuseTooManyRejected(some, { ...plan, maxRejected: { share: 0.01, atLeast: 11 } })).not.toThrow();
});

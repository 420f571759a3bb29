import { expect, test } from 'vitest';
import type { DriftReport } from '../../../model/drift.js';
import { driftRows } from '../../../control/drift.js';

const none: DriftReport = { new: [], unnamed: 0, missing: [], retyped: [] };

test('each field that drifted is a line', () => {
  const report: DriftReport = {
    new: [{ field: 'a.b', count: 7, type: 'string' }],
    unnamed: 0,
    missing: [{ field: 'c', rows: 9 }],
    retyped: [{ field: 'd', count: 2, expected: 'number', got: 'string' }],
  };
  expect(driftRows({ trips: report, stops: { ...none, missing: [{ field: 'x', rows: 1 }] } })).toEqual([
    { entity: 'trips', field: 'a.b', change: 'new, string', rows: 7 },
    { entity: 'trips', field: 'c', change: 'missing from every record', rows: 9 },
    { entity: 'trips', field: 'd', change: 'string instead of number', rows: 2 },
    { entity: 'stops', field: 'x', change: 'missing from every record', rows: 1 },
  ]);
});

test('many fields are summed up after the first twelve, and what has no name too', () => {
  const added = Array.from({ length: 100 }, (_, at) => ({ field: `f${at}`, count: 2, type: 'number' }));
  const rows = driftRows({ trips: { ...none, new: added, unnamed: 5 } });
  expect(rows).toHaveLength(14);
  expect(rows.slice(12)).toEqual([
    { entity: 'trips', field: '88 more', change: 'new', rows: 176 },
    { entity: 'trips', field: 'further names', change: 'new', rows: 5 },
  ]);
});

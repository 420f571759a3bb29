import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { driftReport, tellDrift, type UnknownFields } from '../../../model/drift.js';
import { defineEntity } from '../../../define/entity.js';
import { verdictsOf } from '../../support/verdicts.js';

const schema = z.object({
  id: z.string(),
  place: z.object({ lat: z.number(), lng: z.number().nullish() }),
  tags: z.array(z.object({ name: z.string() })).optional(),
  note: z.string().optional(),
  seen: z.unknown().meta({ column: false }),
});

function validator(unknownFields?: UnknownFields) {
  const entity = defineEntity({
    name: 'things',
    mode: 'append',
    when: { 'meta.kind': 'thing' },
    schema,
    ...(unknownFields && { unknownFields }),
  });
  return { ...verdictsOf(entity), columns: entity.plan.columns.map(({ name }) => name) };
}

const known = { meta: { kind: 'thing' }, id: 'a', place: { lat: 1 }, tags: [{ name: 'x' }], seen: { any: 1 } };
const odd = { ...known, extra: [1], place: { lat: 1, alt: 'high' }, tags: [{ name: 'x', colour: 'red' }] };

const kept = (row: unknown[], columns: string[]): unknown => {
  const value = row[columns.indexOf('_unknown')];
  return value === null ? null : JSON.parse(Buffer.from(value as Uint8Array).toString());
};

test('ignored: the row is that of a record without them', () => {
  const { validate, columns } = validator();
  expect(columns).toEqual(['id', 'place_lat', 'place_lng', 'tags', 'note']);
  expect(validate(odd)).toEqual(validate(known));
});

test('rejected: every undeclared field is named by its path', () => {
  const { validate } = validator('reject');
  expect(validate(known)).toEqual([{ row: expect.any(Array) }]);
  expect(validate(odd)).toEqual([
    {
      reasons: ['place.alt', 'tags[].colour', 'extra'].map(
        (field) => `${field}: is not declared by the schema, whose unknownFields is 'reject'`,
      ),
    },
  ]);
});

test('kept: one SUPER column holds them in their places, and null where there are none', () => {
  const { validate, columns } = validator('keep');
  const [first] = validate(odd);
  const [second] = validate(known);
  if (!first || !second || !('row' in first) || !('row' in second)) throw new Error('rejected');
  expect(kept(first.row, columns)).toEqual({
    extra: [1],
    place: { alt: 'high' },
    tags: { 0: { colour: 'red' } },
  });
  expect(kept(second.row, columns)).toBeNull();
});

test('kept: every undeclared field comes back, whatever its name', () => {
  const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '0', 'hasOwnProperty'));
  fc.assert(
    fc.property(fc.dictionary(names, fc.jsonValue()), (extra) => {
      const { validate, columns } = validator('keep');
      const record = JSON.parse(JSON.stringify(known)) as object;
      const fresh = Object.entries(extra).filter(([name]) => !Object.hasOwn(known, name) && name !== 'note');
      for (const [name, value] of fresh)
        Object.defineProperty(record, name, { value, enumerable: true, configurable: true });
      const [verdict] = validate(record);
      if (!verdict || !('row' in verdict)) return; // a lone surrogate or U+0000: rejected, not lost
      const want = fresh.length > 0 ? (JSON.parse(JSON.stringify(Object.fromEntries(fresh))) as unknown) : null;
      expect(kept(verdict.row, columns)).toEqual(want);
    }),
  );
});

test('the drift of a run: new, missing and retyped fields, over its parts', () => {
  const [one, two] = [validator(), validator()];
  one.validate(odd);
  one.validate(known);
  two.validate({ ...known, extra: 'x', place: null });
  two.validate({ ...known, id: 7, place: { lat: '1' } });
  const report = driftReport([one.drift(), two.drift()].flatMap((drift) => drift ?? []));
  expect(report).toEqual({
    new: [
      { field: 'extra', count: 2, type: 'array' },
      { field: 'place.alt', count: 1, type: 'string' },
      { field: 'tags[].colour', count: 1, type: 'string' },
    ],
    unnamed: 0,
    missing: [
      { field: 'place.lng', rows: 3 },
      { field: 'note', rows: 4 },
    ],
    retyped: [
      { field: 'id', count: 1, expected: 'string', got: 'number' },
      { field: 'place', count: 1, expected: 'object', got: 'null' },
      { field: 'place.lat', count: 1, expected: 'number', got: 'string' },
    ],
  });
  expect(report && tellDrift(report)).toBe('3 new, 2 missing, 3 retyped');
});

test('no drift, no report; a part without rows says nothing', () => {
  const whole = { ...known, note: 'n', place: { lat: 1, lng: null } };
  const { validate, drift } = validator();
  expect(drift()).toBeUndefined();
  validate(whole);
  expect(driftReport([drift()].flatMap((seen) => seen ?? []))).toBeUndefined();
});

test('a name made up for every record fills no memory: 100 are named, the others counted', () => {
  const { validate, drift } = validator();
  for (let at = 0; at < 5000; at++) validate({ ...known, [`k${at}`.repeat(at === 7 ? 10_000 : 1)]: at });
  const seen = drift();
  expect(Object.keys(seen?.unknown ?? {})).toHaveLength(100);
  expect(seen?.unnamed).toBe(4900);
  expect(JSON.stringify(seen).length).toBeLessThan(10_000);
  const report = driftReport(seen ? [seen, seen] : []);
  expect([report?.new.length, report?.unnamed]).toEqual([100, 9800]);
});

test('of a union, the reason is that of the nearest branch', () => {
  const union = defineEntity({
    name: 'u',
    mode: 'append',
    schema: z.object({ a: z.union([z.number().min(3), z.null()]), b: z.union([z.int32(), z.null()]) }),
  });
  const [verdict] = verdictsOf(union).validate({ a: 1, b: 'x' });
  expect(verdict).toEqual({
    reasons: ['a: Too small: expected number to be >=3', 'b: Invalid input: expected number or null, received string'],
  });
});

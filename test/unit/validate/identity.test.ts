import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEntity } from '../../../define/entity.js';
import { keyText } from '../../../validate/row-id.js';
import { verdictsOf } from '../../support/verdicts.js';

const entity = defineEntity({
  name: 'things',
  mode: 'merge',
  key: ['id', 'at', 'part'],
  unknownFields: 'keep',
  schema: z.object({
    id: z.string(),
    at: z.iso.datetime({ offset: true }),
    nested: z.object({ part: z.int().meta({ column: 'part' }), free: z.record(z.string(), z.unknown()) }),
    list: z.array(z.unknown()),
  }),
});
const { validate } = verdictsOf(entity);

function row(record: unknown): unknown[] {
  const [verdict, ...more] = validate(record);
  if (!verdict || !('row' in verdict) || more.length > 0) throw new Error(JSON.stringify(verdict));
  return verdict.row;
}
const rowId = (record: unknown) => row(record).at(-1);

/** the same value, the fields of its objects in another order */
function shuffled(value: unknown, order: (names: string[]) => string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  const copy = {};
  for (const name of order(Object.keys(fields))) {
    const moved = shuffled(fields[name], order);
    Object.defineProperty(copy, name, { value: moved, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('fields'),
  ),
  fields: fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', '10', '9', 'a', 'B')), tie('value'), {
    maxKeys: 5,
  }),
}));
const records = fc.record({
  id: text,
  at: fc.constantFrom('2022-11-24T10:00:00Z', '2022-11-24T11:00:00.5+01:00'),
  nested: fc.record({ part: fc.integer(), free: json.fields, more: json.value }),
  list: fc.array(json.value, { maxLength: 3 }),
  extra: json.value,
});

test('the order of object keys is no difference: in the row, in SUPER and in what is kept', () => {
  fc.assert(
    fc.property(records, fc.infiniteStream(fc.boolean()), (record, flips) => {
      const order = (names: string[]) => names.toSorted((a, b) => (flips.next().value ? 1 : -1) * (a < b ? -1 : 1));
      expect(row(shuffled(record, order))).toEqual(row(record));
      expect(row(shuffled(record, (names) => names.toReversed()))).toEqual(row(record));
    }),
  );
});

test('the row id is that of the key alone', () => {
  fc.assert(
    fc.property(records, records, (one, other) => {
      const twin = { ...other, id: one.id, at: one.at, nested: { ...other.nested, part: one.nested.part } };
      expect(rowId(twin)).toBe(rowId(one));
    }),
  );
});

test('another key has another row id, whichever column differs and however the texts are cut', () => {
  const base = { id: 'a', at: '2022-11-24T10:00:00Z', nested: { part: 1, free: {} }, list: [] };
  const keys = [
    base,
    { ...base, id: 'b' },
    { ...base, id: 'a"' },
    { ...base, id: 'a,1' },
    { ...base, id: '' },
    { ...base, at: '2022-11-24T10:00:00.000001Z' },
    { ...base, nested: { part: 11, free: {} } },
    { ...base, nested: { part: -1, free: {} } },
  ];
  expect(new Set(keys.map(rowId)).size).toBe(keys.length);
});

test('texts that differ in trailing blanks only are one key, as Redshift compares them, and keep their blanks', () => {
  const of = (id: string) => ({ id, at: '2022-11-24T10:00:00Z', nested: { part: 1, free: {} }, list: [] });
  expect(rowId(of('a  '))).toBe(rowId(of('a')));
  expect(rowId(of('  '))).toBe(rowId(of('')));
  expect(rowId(of(' a'))).not.toBe(rowId(of('a')));
  expect(rowId(of('a\t'))).not.toBe(rowId(of('a')));
  expect(row(of('a  '))[0]).toBe('a  ');
});

test('one moment in two zones is one key', () => {
  const at = (time: string) => rowId({ id: 'a', at: time, nested: { part: 1, free: {} }, list: [] });
  expect(at('2022-11-24T11:00:00+01:00')).toBe(at('2022-11-24T10:00:00Z'));
  expect(at('2022-11-24T10:00:00.000Z')).toBe(at('2022-11-24T10:00:00Z'));
});

test('a number in a key is written as JavaScript does, however it is put together', () => {
  const numbers = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer(),
    fc.double(),
    fc.nat().map((value) => value * 1_000_000),
  );
  fc.assert(
    fc.property(numbers, (value) => {
      expect(keyText(value)).toBe(`${value},`);
    }),
  );
});

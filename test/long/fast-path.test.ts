import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { compareWithZod, testFastPath } from '../support/fast-path.js';
import { pipelines } from '../support/pipelines.js';
import { verdictsOf } from '../support/verdicts.js';

testFastPath(fileURLToPath(new URL('../project', import.meta.url)), pipelines, 10_000);

const zoo = defineEntity({
  name: 'zoo',
  mode: 'append',
  when: { kind: ['a', 'b'] },
  schema: z.object({
    kind: z.enum(['a', 'b']),
    text: z
      .string()
      .min(2)
      .max(6)
      .regex(/^[a-z]+$/i),
    small: z.int().min(-5).max(5),
    number: z.number().gt(0).lt(1e20).nullable(),
    flag: z.boolean().optional(),
    day: z.iso.date(),
    at: z.iso.datetime({ offset: true }).meta({ timezone: true }),
    precise: z.iso.datetime({ precision: 3 }).nullish(),
    money: z
      .string()
      .regex(/^-?\d+(\.\d{1,2})?$/)
      .meta({ decimal: [18, 2] }),
    amount: z.number().meta({ decimal: [9, 3] }),
    fixed: z.literal('x'),
    stated: z.string().default('none'),
    coerced: z.coerce.number(),
    trimmed: z.string().trim().toLowerCase(),
    even: z.int().multipleOf(2),
    odd: z.int32().refine((value) => value % 2 !== 0),
    numeric: z.preprocess((value, context) => {
      if (typeof value !== 'string') return value;
      if (value.length > 3) context.addIssue('too many digits');
      return value === '' ? undefined : Number(value);
    }, z.number().min(-90).max(90).optional()),
    place: z.tuple([z.number(), z.number().nullable()]),
    list: z.array(z.string()),
    limited: z.array(z.int()).max(2),
    things: z.array(z.object({ b: z.int(), a: z.string().nullable(), deep: z.object({ x: z.unknown() }).optional() })),
    changed: z.array(z.object({ n: z.coerce.string() })),
    free: z.record(z.string(), z.unknown()),
    inner: z.object({ one: z.string(), two: z.object({ three: z.uuid() }).nullish() }).nullable(),
    closed: z.strictObject({ one: z.int().optional() }),
  }),
});

const animal = {
  kind: 'a',
  text: 'abc',
  small: 1,
  number: 2.5,
  flag: true,
  day: '2022-11-24',
  at: '2022-11-24T10:00:00+01:00',
  precise: '2022-11-24T10:00:00.123Z',
  money: '12.30',
  amount: 1.5,
  fixed: 'x',
  stated: 'so',
  coerced: '7',
  trimmed: ' Abc ',
  even: 4,
  odd: 3,
  numeric: '5.5',
  place: [1, null],
  list: ['a', 'b'],
  limited: [1],
  things: [{ b: 1, a: null, deep: { x: [1] } }],
  changed: [{ n: 5 }],
  free: { any: [1, { b: 2, a: 1 }] },
  inner: { one: 'x', two: { three: '123e4567-e89b-42d3-a456-426614174000' } },
  closed: {},
};

const events = defineEntity({
  name: 'events',
  mode: 'append',
  unknownFields: 'keep',
  schema: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), at: z.iso.datetime(), place: z.object({ lat: z.number() }) }),
    z.object({ kind: z.enum(['b', 'c']), at: z.iso.datetime().nullish(), note: z.string() }),
    z.strictObject({ kind: z.literal('d'), place: z.object({ lat: z.number().nullable() }).optional() }),
  ]),
});

const happened = [
  { kind: 'a', at: '2022-11-24T10:00:00Z', place: { lat: 5 } },
  { kind: 'b', at: null, note: 'x' },
  { kind: 'd', place: { lat: null } },
];

test.each([
  ['every construct', zoo, [animal]],
  ['a union of objects', events, happened],
])('the fast path never differs from zod: %s', (_, entity, records) => {
  const { different, drifts, valid, fast } = compareWithZod(entity, records, 20_000, 7);
  expect(different.slice(0, 3)).toEqual([]);
  expect(drifts[0]).toEqual(drifts[1]);
  expect(valid).toBeGreaterThan(1_000);
  expect(fast).toBeGreaterThan(valid / 2);
});

test('no text of a definition reaches the generated code unescaped', () => {
  const hostile = `'"\`] + (globalThis.escaped = true) + [\n\u2028\\`;
  const entity = defineEntity({
    name: 'hostile',
    mode: 'append',
    schema: z.object({
      [hostile]: z.enum([hostile, 'b']).meta({ column: 'one', bytes: 100 }),
      two: z.discriminatedUnion(hostile, [
        z.object({ [hostile]: z.literal(hostile).meta({ column: 'inner', bytes: 100 }) }),
      ]),
    }),
  });
  const record = { [hostile]: hostile, two: { [hostile]: hostile } };
  const validator = verdictsOf(entity);
  expect(validator.validate(record)).toEqual([{ row: [hostile, hostile, expect.any(String)] }]);
  expect(validator.fast()).toBe(1);
  expect(globalThis).not.toHaveProperty('escaped');
});

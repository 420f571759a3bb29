import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseRecord } from '../../../records/parse-record.js';
import { parseEntities } from '../../../define/entities-yaml.js';
import { defineEntity } from '../../../define/entity.js';
import type { EntityOptions } from '../../../define/options.js';
import type { Entity } from '../../../validate/entity.js';
import { verdictsOf } from '../../support/verdicts.js';

const entityOf = (schema: z.ZodType, more: Partial<EntityOptions> = {}) =>
  defineEntity({ name: 'rows', mode: 'append', schema, ...more });

/** the rows that a record's text gives, without their ids, or the reasons */
function judge(entity: Entity, text: string): unknown[] {
  const block = Buffer.from(text);
  const parsed = parseRecord({ block, from: 0, to: block.length, isAscii: false, line: 1, offset: 0, source: 0 });
  if ('reason' in parsed) throw new Error(parsed.reason);
  const verdicts = verdictsOf(entity).validate(parsed.value, parsed.digits, parsed.isPlain);
  return verdicts.map((verdict) => ('row' in verdict ? verdict.row.slice(0, -1) : verdict.reasons.join('; ')));
}
const value = (schema: z.ZodType, text: string) => judge(entityOf(z.object({ v: schema })), `{"v":${text}}`)[0];

const big = '738529527931269425';

test.each([
  ['z.int()', z.int()],
  ['z.number().int()', z.number().int()],
  ['nullish', z.int().nullish()],
  ['a default', z.int().default(0)],
  ['a catch', z.int().catch(0)],
  ['readonly', z.int().readonly()],
  ['a bound', z.int().min(0)],
  ['a union', z.union([z.int32(), z.int()])],
  ['lazy', z.lazy(() => z.int())],
  ['a pipe', z.int().pipe(z.int())],
  ['a preprocess that leaves it', z.preprocess((any) => any, z.int())],
])('an integer of 64 bits is stored exactly: %s', (_, schema) => {
  expect(value(schema, big)).toEqual([BigInt(big)]);
  expect(value(schema, '9223372036854775807')).toEqual([9_223_372_036_854_775_807n]);
});

test('so it is in every place of a record', () => {
  const schema = z.object({
    deep: z.object({ id: z.int() }).nullish(),
    pair: z.tuple([z.int(), z.int()]),
    list: z.array(z.object({ id: z.int() })),
    any: z.json().meta({ super: true }),
    either: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), id: z.int() })]),
    both: z.object({ one: z.int() }).and(z.object({ two: z.int() })),
  });
  const id = BigInt(big);
  const text = `{"deep":{"id":${big}},"pair":[1,${big}],"list":[{"id":${big}}],"any":[${big}],"either":{"kind":"a","id":${big}},"both":{"one":1,"two":${big}}}`;
  const row = [id, 1, id, `[{"id":${big}}]`, `[${big}]`, 'a', id, 1, id];
  expect(judge(entityOf(schema), text)).toEqual([row]);
});

test('and from YAML', () => {
  const file = 'rows: { x-mode: append, type: object, required: [id], properties: { id: { type: integer } } }';
  const [entity] = parseEntities(file, 'file');
  expect(entity && judge(entity, `{"id":${big}}`)).toEqual([[BigInt(big)]]);
});

test.each([
  ['int32', z.int32(), '9223372036854775807', 'v: Too big'],
  ['a bound', z.int().max(9_007_199_254_740_992), '9007199254740993', 'v: Too big'],
  ['a bound not included', z.int().gt(-9_007_199_254_740_994), '-9007199254740995', 'v: Too small'],
  ['a multiple', z.int().multipleOf(2), '9007199254740993', 'v: Invalid number: must be a multiple of 2'],
  ['65 bits', z.int(), '9223372036854775808', 'v: has more than 64 bits'],
  ['a fraction', z.int(), '4503599627370497.25', 'v: is not a whole number'],
  ['a double', z.number(), '9007199254740993', 'v: is an integer that a double rounds'],
  ['coercion to a double', z.coerce.number(), '9007199254740993', 'v: is an integer that a double rounds'],
  ['a refine', z.int().refine(() => true), big, `v: ${big} has more digits than the number that a refine`],
  ['a transform', z.int().transform(Number).pipe(z.number()), big, `v: ${big} has more digits than the number`],
])('what it must not be is rejected: %s', (_, schema, text, reason) => {
  expect(value(schema, text)).toContain(reason);
});

test('a refine of the object around it refuses it too', () => {
  const schema = z.object({ v: z.int() }).refine(({ v }) => Number.isSafeInteger(v));
  expect(judge(entityOf(schema), `{"v":${big}}`)[0]).toContain(`v: ${big} has more digits than the number`);
  expect(judge(entityOf(schema), `{"v":5}`)).toEqual([[5]]);
});

test('text takes what Java and Python write of a decimal, and nothing else', () => {
  const schema = z.string().meta({ decimal: [38, 18] });
  const at18 = 10n ** 18n;
  for (const [text, unscaled] of [
    ['1E-7', at18 / 10n ** 7n],
    ['+1.5', (at18 * 3n) / 2n],
    ['.5', at18 / 2n],
    ['1.79E+3', at18 * 1790n],
    ['0E-30', 0n],
  ] as const)
    expect(value(schema, JSON.stringify(text))).toEqual([unscaled]);
  for (const text of ['NaN', '', ' 1', '0x10', '1,5', 'Infinity', '1e'])
    expect(value(schema, JSON.stringify(text))).toContain('v: is not a decimal number');
});

test('an exponent of nine digits costs nothing', () => {
  const start = performance.now();
  for (const text of ['"1e999999999"', '"1e-999999999"', '"-1e999999999999999999999"', '1e999999999'])
    expect(value(z.union([z.string(), z.number()]).meta({ super: true }), text)).toBeDefined();
  expect(value(z.string().meta({ decimal: [38, 18] }), '"1e999999999"')).toContain('more than 20 digits');
  expect(value(z.string().meta({ decimal: [38, 18] }), '"1e-999999999"')).toContain('more than 18 decimals');
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('one key is one row, as a number or a bigint', () => {
  const entity = entityOf(z.object({ v: z.int() }), { mode: 'merge', key: ['v'] });
  const idOf = (v: unknown) => (verdictsOf(entity).validate({ v })[0] as { row: unknown[] }).row[1];
  for (const v of [12, 1_000_001, -5, Number.MAX_SAFE_INTEGER]) expect(idOf(BigInt(v))).toBe(idOf(v));
  expect(idOf(1e18)).toBe(idOf(10n ** 18n));
});

test('a number that no column takes neither rejects a record nor slows it', () => {
  const schema = z.object({ v: z.int(), d: z.number(), left: z.number().meta({ column: false }) });
  const validator = verdictsOf(entityOf(schema));
  const digits = new Map([
    ['/extra', '9007199254740993'],
    ['/d', '0.12345678901234567891'],
  ]);
  validator.validate({ v: 1, d: 0.123_456_789_012_345_68, left: 1, extra: 9_007_199_254_740_993n }, digits, true);
  expect(validator.fast()).toBe(1);
  expect(judge(entityOf(schema), '{"v":1,"d":1,"left":9007199254740993}')).toEqual([[1, 1]]);
});

const long = '0.1234567890123456789';
const rowSchema = z.object({
  at: z.int().optional(),
  amount: z.number().meta({ decimal: [38, 19] }),
  total: z.number().meta({ decimal: [38, 19] }),
  id: z.int(),
});

test('rows of a list keep the digits of their numbers, and those of the record', () => {
  const rows = { each: 'a/b.items', with: { total: 'sum.~', id: 'id' }, index: 'at' };
  const text = `{"a/b":{"items":[{"amount":1},{"amount":${long}},{"amount":2,"total":3,"id":4}]},"sum":{"~":${long}},"id":${big}}`;
  const [one, exact] = [10n ** 19n, 1_234_567_890_123_456_789n];
  expect(judge(entityOf(rowSchema, { rows }), text)).toEqual([
    [0, one, exact, BigInt(big)],
    [1, exact, exact, BigInt(big)],
    [2, 2n * one, 3n * one, 4],
  ]);
});

test('a function for rows loses digits only where they matter', () => {
  const rows = (record: unknown) => (record as { items: unknown[] }).items;
  const item = (amount: string, name: string) => `{"amount":${amount},"${name}":${long},"total":1,"id":${big}}`;
  const text = `{"items":[${item('1', 'other')},${item(long, 'other')}]}`;
  const [row, reason] = judge(entityOf(rowSchema, { rows }), text);
  expect(row).toEqual([null, 10n ** 19n, 10n ** 19n, BigInt(big)]);
  expect(reason).toContain(`${long} has more digits than a double, which rows() cannot keep`);
});

/** a JSON number as its unscaled integer and scale */
function rational(text: string): { n: bigint; by: bigint } {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const shift = Number(power) - fraction.length;
  return {
    n: BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(Math.max(0, shift)),
    by: 10n ** BigInt(Math.max(0, -shift)),
  };
}

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const digits = (maxLength: number) => fc.array(digit, { minLength: 1, maxLength }).map((all) => all.join(''));
const numbers = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits(24).map((all) => all.replace(/^0+(?=\d)/, '')),
    fc.option(digits(24)),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.integer({ min: 0, max: 40 }))),
  )
  .map(
    ([sign, whole, fraction, power]) =>
      `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${power?.join('') ?? ''}`,
  );

test('any JSON number is stored exactly, or rejected where its column cannot hold it', () => {
  const one = (schema: z.ZodType) => {
    const entity = entityOf(z.object({ v: schema }));
    return (text: string) => judge(entity, `{"v":${text}}`)[0];
  };
  const bigint = one(z.int());
  const decimal = one(z.number().meta({ decimal: [38, 10] }));
  const double = one(z.number());
  const free = one(z.unknown().meta({ super: true }));
  fc.assert(
    fc.property(numbers, (text) => {
      const { n, by } = rational(text);
      const whole = n % by === 0n && BigInt.asIntN(64, n / by) === n / by ? n / by : undefined;
      const stored = bigint(text);
      expect(Array.isArray(stored) ? BigInt(stored[0] as number) : undefined).toBe(whole);

      const unscaled = n * 10n ** 10n;
      const fits = unscaled % by === 0n && String(unscaled / by).replace('-', '').length <= 38;
      const kept = decimal(text);
      expect(Array.isArray(kept) ? kept[0] : undefined).toBe(fits ? unscaled / by : undefined);

      const near = double(text);
      if (Array.isArray(near)) expect(near[0]).toBe(Number(text));
      else expect(/^-?\d+$/.test(text) && BigInt(Number(text)) !== n).toBe(true);

      const json = rational(String((free(text) as unknown[])[0]));
      expect(json.n * by).toBe(n * json.by);
    }),
    { numRuns: 3_000 },
  );
});

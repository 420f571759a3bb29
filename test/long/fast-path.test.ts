import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseRecord } from '../../records/parse-record.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples } from '../../local/paths.js';
import { openAnswers } from '../../samples/answers.js';
import { samplesOf } from '../../samples/sample.js';
import { pipelines } from '../support/samples.js';
import { defineEntity } from '../../define/entity.js';
import type { Entity } from '../../validate/entity.js';
import { mutated, seeded } from '../support/mutate.js';
import { verdictsOf } from '../support/verdicts.js';

const mutants = 100_000;

const objects = join(examples, 'pipelines/door2door/sample/objects');

async function answered(pipeline: string, path: string, query = ''): Promise<unknown> {
  const sample = samplesOf(examples).find((one) => one.pipeline === pipeline);
  if (!sample) throw new Error(`${pipeline} has no sample`);
  const { body } = (await openAnswers(sample)).answer(path, new URLSearchParams(query));
  return JSON.parse(String(body));
}

const samples: Record<string, () => Promise<unknown[]>> = {
  door2door: async () =>
    readdirSync(objects).flatMap((name) => readFileSync(join(objects, name), 'utf8').split('\n').flatMap(parsed)),
  spacex: async () => (await answered('spacex', '/v4/launches')) as unknown[],
  earthquakes: async () => {
    const days = 'starttime=2018-02-01&endtime=2018-02-03';
    return ((await answered('earthquakes', '/fdsnws/event/1/query', days)) as { features: unknown[] }).features;
  },
};

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** every mutant judged by the fast path and by zod alone */
function compare(entity: Entity, records: unknown[], count: number, seed: number) {
  const fast = verdictsOf(entity);
  const slow = verdictsOf(entity, () => () => false);
  const random = seeded(seed);
  const texts = records.map((record) => JSON.stringify(record));
  const different: unknown[] = [];
  let valid = 0;
  for (let at = 0; at < count; at++) {
    const text = mutated(texts[at % texts.length] ?? '', random);
    const block = Buffer.from(text);
    const parsed = parseRecord({ block, from: 0, to: block.length, isAscii: false, line: 1, offset: 0, source: 0 });
    if ('reason' in parsed || !slow.wants(parsed.value)) continue;
    const one = fast.validate(parsed.value, parsed.digits, !text.includes('\\')).map(plainly);
    const other = slow.validate(parsed.value, parsed.digits, false).map(plainly);
    valid += other.filter((verdict) => verdict.startsWith('row')).length;
    if (JSON.stringify(one) !== JSON.stringify(other)) different.push({ text, fast: one, zod: other });
  }
  return { different, drifts: [fast.drift(), slow.drift()], valid, fast: fast.fast() };
}

/** numbers and bigints are stored alike, but zero has a sign */
function plainly(verdict: ReturnType<ReturnType<typeof verdictsOf>['validate']>[number]): string {
  if ('reasons' in verdict) return `reasons ${verdict.reasons.join('; ')}`;
  return `row ${verdict.row.map((value) => (Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value))).join(' ')}`;
}

const shipped = pipelines.flatMap(({ name, entities }) =>
  entities.map((entity) => [`${name}.${entity.plan.name}`, name, entity] as const),
);

test.each(shipped)(
  '%s: the fast path never differs from zod',
  async (label, pipeline, entity) => {
    const records = ((await samples[pipeline]?.()) ?? []).filter((record) => verdictsOf(entity).wants(record));
    const { different, drifts, valid } = compare(entity, records, mutants, 20_221_124);
    expect(different.slice(0, 3)).toEqual([]);
    expect(drifts[0]).toEqual(drifts[1]);
    expect(valid).toBeGreaterThan(mutants / 20);
    expect(label).toContain(pipeline);
  },
  120_000,
);

test.each(shipped)('%s: nearly every valid row takes the fast path', async (label, pipeline, entity) => {
  const records = (await samples[pipeline]?.()) ?? [];
  const validator = verdictsOf(entity);
  const rows = records.filter(validator.wants).flatMap((record) => validator.validate(record, undefined, true));
  const valid = rows.filter((verdict) => 'row' in verdict).length;
  const share = validator.fast() / valid;
  process.stderr.write(`${label}: ${(share * 100).toFixed(2)} % of ${valid} valid rows by the fast path\n`);
  expect(valid).toBeGreaterThan(3);
  expect(share).toBeGreaterThanOrEqual(0.99);
});

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
  const { different, drifts, valid, fast } = compare(entity, records, 20_000, 7);
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

import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { parseEntities } from '../../../define/entities-yaml.js';
import {
  eventTimeOf,
  looksLikeOtherUnit,
  parseEventTime,
  type EventTimeOptions,
} from '../../../validate/event-time.js';
import { defineEntity } from '../../../define/entity.js';
import { definePipeline } from '../../../define/pipeline.js';
import { s3Objects } from '../../../sources/declare.js';
import { validated } from '../../../testing/validated.js';
import { verdictsOf } from '../../support/verdicts.js';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** what is stored of a value, by the fast path and by zod alone, which must agree; or the reason */
function stored(schema: z.ZodType, v: unknown): unknown {
  const entity = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ v: schema }) });
  const [fast, slow] = [verdictsOf(entity), verdictsOf(entity, () => () => false)].map(({ validate }) => {
    const [verdict] = validate({ v });
    return verdict && 'row' in verdict ? BigInt(verdict.row[0] as number) : verdict?.reasons.join('; ');
  });
  expect(fast).toEqual(slow);
  return slow;
}
const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;

test.each([
  ['2022-11-24T10:00', '2022-11-24T10:00Z'],
  ['2022-11-24T10:00:00', '2022-11-24T10:00Z'],
  ['2022-11-24T10:00:00.5', '2022-11-24T10:00:00.5Z'],
  ['2022-11-24T10:00:00.123000', '2022-11-24T10:00:00.123Z'],
  ['2022-11-24T10:00:00Z', '2022-11-24T10:00Z'],
])('%s without a zone is UTC, wherever the worker runs', (text, utc) => {
  process.env['TZ'] = 'America/New_York';
  expect(stored(z.iso.datetime({ local: true }), text)).toBe(micros(utc));
  expect(stored(z.iso.datetime({ local: true }).meta({ timezone: true }), text)).toBe(micros(utc));
  expect(stored(z.iso.datetime({ local: true, offset: true }), text)).toBe(micros(utc));
});

test('an offset is honoured where it may be written', () => {
  expect(stored(z.iso.datetime({ local: true, offset: true }), '2022-11-24T10:00:00+01:00')).toBe(
    micros('2022-11-24T09:00Z'),
  );
});

test.each([
  ['a whole number', 1_669_284_000, 1_669_284_000_000_000n],
  ['a fraction', 1_669_284_000.123_456, 1_669_284_000_123_456n],
  ['text, as Slack writes it', '1512085950.000216', 1_512_085_950_000_216n],
  ['before 1970', -0.5, -500_000n],
  ['an exponent', 1e9, 1_000_000_000_000_000n],
])('epoch seconds are exact to the microsecond: %s', (_, value, expected) => {
  const schema = typeof value === 'string' ? z.string() : z.number();
  expect(stored(schema.meta({ epochSeconds: true }), value)).toBe(expected);
});

test.each([
  [z.number(), 1.123_456_7, 'v: is finer than a microsecond'],
  [z.number(), 1e20, 'v: lies outside of the years 1 to 9999'],
  [z.string(), '1e999999999', 'v: lies outside of the years 1 to 9999'],
  [z.string(), '2022-11-24T10:00:00Z', 'v: is not a number of seconds'],
  [z.int(), 1.5, 'v: Invalid input'],
  [z.number(), '5', 'v: Invalid input'],
])('other seconds are rejected: %#', (schema, value, reason) => {
  expect(stored(schema.meta({ epochSeconds: true }), value)).toContain(reason);
});

test('a file declares seconds too', () => {
  const [entity] = parseEntities(
    'rows: { x-mode: append, type: object, required: [at], properties: { at: { type: integer, x-epoch-seconds: true } } }',
    'file',
  );
  expect(entity?.plan.columns[0]?.type).toEqual({ kind: 'timestamp', epoch: 'seconds' });
});

test.each([
  ['0001-01-01', '0001-01-01T00:00:00Z', true],
  ['9999-12-31', '9999-12-31T23:59:59.999999Z', true],
  ['9999-12-31', '9999-12-31T23:59:59.9999990000Z', true],
  ['0000-12-31', '0000-12-31T23:59:59.999999Z', false],
  ['0000-01-01', '0001-01-01T00:59:59+01:00', false],
])('dates and times end together: %s, %s', (date, time, isStored) => {
  const values = [
    stored(z.iso.date(), date),
    stored(z.iso.datetime({ offset: true }), time),
    stored(z.iso.datetime({ offset: true }).meta({ timezone: true }), time),
  ];
  for (const value of values) {
    if (isStored) expect(value).toBeTypeOf('bigint');
    else expect(value).toContain('v: lies outside of the years 1 to 9999');
  }
});

const at10 = Date.parse('2022-11-24T10:00:00Z');
const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const read = (declared: EventTimeOptions, at: unknown) => eventTimeOf(parseEventTime(declared))({ at });

test.each([
  ['2022-11-24T10:00:00Z', at10],
  ['2022-11-24T10:00:00', at10],
  ['2022-11-24T10:00', at10],
  ['2022-11-24 10:00:00', at10],
  ['2022-11-24T10:00:00.1234567', at10 + 123],
  ['2022-11-24 12:00:00+02', at10],
  ['2022-11-24T12:00:00+0200', at10],
  ['2022-11-24T05:00:00-05:00', at10],
  ['Thu, 24 Nov 2022 10:00:00 GMT', at10],
  ['24 Nov 2022 10:00', at10],
  ['2022-11-24', at10 - 36_000_000],
  [at10, at10],
  [BigInt(at10), at10],
  ['soon', undefined],
  [null, undefined],
  [undefined, undefined],
])('the time %s is the same in every zone', (value, expected) => {
  for (const name of ['America/New_York', 'Asia/Kolkata', 'UTC']) {
    process.env['TZ'] = name;
    expect(read('at', value)).toBe(expected);
  }
});

test('a number counts what is declared', () => {
  const seconds = at10 / 1000;
  for (const value of [seconds, BigInt(seconds), String(seconds), `${seconds}.000`])
    expect(read({ at: 'at', unit: 'seconds' }, value)).toBe(at10);
  expect(read({ at: 'at', unit: 'milliseconds' }, String(at10))).toBe(at10);
  expect(read({ at: 'at', unit: 'microseconds' }, at10 * 1000)).toBe(at10);
  expect(read({ at: 'at', unit: 'iso' }, at10)).toBeUndefined();
  expect(read({ at: 'at', unit: 'iso' }, '2022-11-24T10:00:00')).toBe(at10);
  expect(read({ at: 'at', unit: 'seconds' }, '2022-11-24T10:00:00Z')).toBeUndefined();
});

test('values far from the interval say which unit brings them near', () => {
  const look = (declared: EventTimeOptions, value: unknown) =>
    looksLikeOtherUnit(value, parseEventTime(declared), interval);
  expect(look('a.b', at10 / 1000)).toBe(
    "the values look like epoch seconds: declare eventTime: { at: 'a.b', unit: 'seconds' }",
  );
  expect(look('at', at10 * 1000)).toContain("unit: 'microseconds'");
  expect(look('at', String(at10 / 1000))).toContain("unit: 'seconds'");
  expect(look({ at: 'at', unit: 'seconds' }, at10)).toContain("unit: 'milliseconds'");
  expect(look({ at: 'at', unit: 'seconds' }, '2022-11-24T09:00:00Z')).toContain("unit: 'iso'");
  expect(look('at', at10 - 7_200_000)).toBeUndefined();
  expect(look('at', 5)).toBeUndefined();
  expect(look('at', null)).toBeUndefined();
});

test('a unit that there is not is refused', () => {
  const bad = () => pipeline({ at: 'at', unit: 'minutes' as 'seconds' });
  expect(bad).toThrow("eventTime has the unit 'minutes': use seconds, milliseconds, microseconds or iso");
  expect(() => pipeline('')).toThrow('eventTime names no field');
});

const pipeline = (eventTime: EventTimeOptions) =>
  definePipeline({
    name: 'timed',
    description: 'for tests',
    schedule: { every: '1 hour' },
    source: s3Objects({ bucket: 'b', prefix: '', modifiedIn: 'interval' }),
    eventTime,
    entities: [
      defineEntity({ name: 'rows', mode: 'append', schema: z.object({ at: z.unknown().meta({ super: true }) }) }),
    ],
  });

test('records of the interval are kept, whatever zone the worker is in', async () => {
  process.env['TZ'] = 'America/New_York';
  const local = '{"at":"2022-11-24T10:30:00"}\n{"at":"2022-11-24T15:30:00"}\n';
  expect((await validated(pipeline('at'), local)).counts).toMatchObject({ routed: 1, dropped: 1 });
  const seconds = `{"at":${at10 / 1000}}\n{"at":${at10 / 1000 - 1}}\n`;
  const declared = pipeline({ at: 'at', unit: 'seconds' });
  expect((await validated(declared, seconds)).counts).toMatchObject({ routed: 1, dropped: 1 });
});

import { expect, test } from 'vitest';
import { z } from 'zod';
import { sqlType } from '../../../warehouse/sql.js';
import { columnsOf } from '../../../schema/columns.js';
import { defineEntity, definePipeline } from '../../../schema/pipeline.js';
import { httpJson } from '../../../sources/declare.js';

test.each([
  ['z.int32()', z.int32(), 'INTEGER'],
  ['a small range', z.int().min(0).max(100), 'SMALLINT'],
  ['z.int()', z.int(), 'BIGINT'],
  ['z.number()', z.number(), 'DOUBLE PRECISION'],
  ['a decimal', z.string().meta({ decimal: [12, 2] }), 'DECIMAL(12, 2)'],
  ['z.boolean()', z.boolean(), 'BOOLEAN'],
  ['a string with a length', z.string().meta({ bytes: 40 }), 'VARCHAR(40)'],
  ['a string', z.string(), 'VARCHAR(65535)'],
  ['an enum', z.enum(['a', 'ünf']), 'VARCHAR(4)'],
  ['a date', z.iso.date(), 'DATE'],
  ['a time', z.iso.datetime(), 'TIMESTAMP'],
  ['a time with zone', z.iso.datetime({ offset: true }).meta({ timezone: true }), 'TIMESTAMPTZ'],
  ['epoch milliseconds', z.int().meta({ epochMillis: true }), 'TIMESTAMP'],
  ['a list', z.array(z.number()), 'SUPER'],
  ['a free object', z.record(z.string(), z.unknown()), 'SUPER'],
])('%s becomes a column', (_, schema, want) => {
  const [column] = columnsOf(z.object({ value: schema }));
  expect(column && sqlType(column.type)).toBe(want);
});

test('nested objects and tuples are flattened; what may be missing is nullable', () => {
  const schema = z.object({
    a: z.object({ bC: z.int32(), d: z.string().meta({ bytes: 1 }).nullable() }),
    e: z.object({ f: z.boolean() }).nullish(),
    g: z.tuple([z.number().meta({ column: 'lng' }), z.number()]),
    h: z.boolean().default(true),
  });
  expect(columnsOf(schema).map(({ name, path, nullable }) => [name, path.join('.'), nullable])).toEqual([
    ['a_b_c', 'a.bC', false],
    ['a_d', 'a.d', true],
    ['e_f', 'e.f', true],
    ['lng', 'g.0', false],
    ['g_1', 'g.1', false],
    ['h', 'h', false],
  ]);
});

test('every problem of an entity is told at once, with its remedy', () => {
  const define = () =>
    defineEntity({
      name: 'Bad Name',
      mode: 'merge',
      key: ['id', 'nope'],
      schema: z.object({
        id: z.string().nullable(),
        dt: z.string(),
        a: z.object({ b: z.boolean() }),
        a_b: z.boolean(),
      }),
    });
  expect(define).toThrow(
    /lower snake_case.*dt is reserved.*two columns are named a_b.*id must not be nullable.*nope, which is no column/s,
  );
});

test('a field without a column type is refused by name', () => {
  expect(() => columnsOf(z.object({ a: z.object({ b: z.union([z.string(), z.number()]) }) }))).toThrow(
    /a\.b: no column type/,
  );
});

test('a pipeline tells its problems together', () => {
  const source = httpJson({ url: 'http://x' });
  expect(() =>
    definePipeline({ name: 'x', description: '', schedule: { every: 'hourly', start: 'soon' }, source, entities: [] }),
  ).toThrow(/hourly.*|no entity.*soon/s);
});

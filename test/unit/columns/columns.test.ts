import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEntity } from '../../../define/entity.js';
import type { EntityOptions } from '../../../define/options.js';
import { definePipeline } from '../../../define/pipeline.js';
import { httpJson } from '../../../sources/declare.js';
import { sqlType } from '../../../warehouse/ddl.js';
import { carried, problemsOf, refused } from '../define/type-table.js';

const define = (schema: z.ZodType) => defineEntity({ name: 'rows', mode: 'append', schema });
const columnsOf = (schema: z.ZodType) =>
  define(schema).plan.columns.map(({ name, path, nullable }) => [name, path.join('.'), nullable]);

test.each(carried)('$zod becomes $column', ({ schema, column, nullable = false }) => {
  const [only, ...more] = define(z.object({ value: schema })).plan.columns;
  expect(more).toEqual([]);
  expect(only && [sqlType(only.type), only.nullable]).toEqual([column, nullable]);
});

test.each(refused)('$zod is refused by its field', ({ schema, told }) => {
  const bad = () => define(z.object({ outer: z.object({ value: schema }) }));
  expect(bad).toThrow('outer.value');
  expect(bad).toThrow(`: ${told}`);
});

test.each(refused)('every refusal names a remedy: $zod', ({ schema }) => {
  for (const { message } of problemsOf(z.object({ value: schema })))
    expect(message).toMatch(/: .*(use|choose|leave|keep|rename|move|pipe|give|takes|write)/);
});

test('nested objects and tuples are flattened; what may be missing is nullable', () => {
  const schema = z.object({
    a: z.object({ bC: z.int32(), d: z.string().meta({ bytes: 1 }).nullable() }),
    e: z.object({ f: z.boolean() }).nullish(),
    g: z.tuple([z.number().meta({ column: 'lng' }), z.number(), z.number().optional()]),
    h: z.boolean().default(true),
  });
  expect(columnsOf(schema)).toEqual([
    ['a_b_c', 'a.bC', false],
    ['a_d', 'a.d', true],
    ['e_f', 'e.f', true],
    ['lng', 'g.0', false],
    ['g_1', 'g.1', false],
    ['g_2', 'g.2', true],
    ['h', 'h', false],
  ]);
});

test('objects of several shapes have the columns of all', () => {
  const schema = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('point'), at: z.object({ x: z.int32(), y: z.int32() }) }),
    z.object({ kind: z.literal('label'), text: z.string(), at: z.object({ x: z.int() }) }),
  ]);
  const { columns } = define(schema).plan;
  expect(columns.map(({ name, type, nullable }) => [name, sqlType(type), nullable])).toEqual([
    ['kind', 'VARCHAR(5)', false],
    ['at_x', 'BIGINT', false],
    ['at_y', 'INTEGER', true],
    ['text', 'VARCHAR(65535)', true],
  ]);
});

test('an intersection has the columns of its parts, also of shared and named schemas', () => {
  const place = z.object({ lat: z.number(), lng: z.number() }).meta({ id: 'place' });
  const schema = z.object({ from: place, to: place.nullable() }).and(z.object({ id: z.int32() }));
  expect(columnsOf(schema)).toEqual([
    ['from_lat', 'from.lat', false],
    ['from_lng', 'from.lng', false],
    ['to_lat', 'to.lat', true],
    ['to_lng', 'to.lng', true],
    ['id', 'id', false],
  ]);
});

test.each([
  ['magType', 'mag_type'],
  ['HTTPStatus', 'http_status'],
  ['userID', 'user_id'],
  ['first-name', 'first_name'],
  ['a.b c', 'a_b_c'],
  ['order', 'order'],
])('the field %s becomes the column %s', (field, column) => {
  expect(columnsOf(z.object({ [field]: z.int32() }))[0]?.[0]).toBe(column);
});

test('an object is renamed with its fields; a field that is not stored has no column', () => {
  const schema = z.object({
    a: z.object({ b: z.object({ c: z.int32() }).meta({ column: 'geo' }) }),
    raw: z.unknown().meta({ column: false }),
  });
  expect(columnsOf(schema)).toEqual([['geo_c', 'a.b.c', false]]);
});

test('descriptions and keys of the table come along, whatever wraps them', () => {
  const schema = z.object({
    a: z.string().describe('an a').meta({ bytes: 3, distKey: true }).nullable(),
    b: z.int32().meta({ description: 'a b', sortKey: 1 }).optional(),
  });
  expect(define(schema).plan.columns).toEqual([
    { name: 'a', path: ['a'], type: { kind: 'varchar', bytes: 3 }, nullable: true, description: 'an a', distKey: true },
    { name: 'b', path: ['b'], type: { kind: 'integer' }, nullable: true, description: 'a b', sortKey: 1 },
  ]);
});

test('every problem of an entity is told at once, with its remedy', () => {
  const id = z.string().nullable();
  const schema = z.object({
    id,
    dt: z.string(),
    a: z.object({ b: z.boolean() }),
    a_b: z.boolean(),
    list: z.array(z.int()),
    part: z.string().default('none'),
    x: z.string().meta({ distKey: true }),
    y: z.string().meta({ distKey: true }),
  });
  const bad = () =>
    defineEntity({ name: 'Bad Name', mode: 'merge', key: ['id', 'nope', 'list', 'part'], order: ['x', 'x'], schema });
  for (const told of [
    /^entity Bad Name: name: "Bad Name" must be lower snake_case/,
    /dt: its column dt would be a partition of the lake: rename it/,
    /a_b: two columns are named a_b, this and a\.b: rename one/,
    /key: id must not be nullable/,
    /key: nope, which is no column \(columns: id, /,
    /key: list is SUPER: name columns of its fields/,
    /key: part has a default: all records without it would be one row/,
    /order: x is named twice/,
    /x, y are all distKey: choose one/,
  ]) {
    expect(bad).toThrow(told);
  }
});

test.each([
  ['a list', z.array(z.object({ a: z.int() })), 'the schema: is super; a row is an object'],
  ['a record', z.record(z.string(), z.int()), 'the schema: is super; a row is an object'],
  ['a string', z.string(), 'the schema: is varchar; a row is an object'],
  ['an empty object', z.object({}), 'the schema: declares no field'],
])('%s is no row', (_, schema, told) => {
  expect(() => define(schema)).toThrow(told);
});

test('a table has at most 1,600 columns, those of the load included', () => {
  const wide = (count: number) =>
    z.object(Object.fromEntries(Array.from({ length: count }, (_, at) => [`c${at}`, z.int()])));
  expect(define(wide(1596)).plan.columns).toHaveLength(1596);
  expect(() => define(wide(1597))).toThrow('has 1597 columns, a Redshift table takes 1596 and four of the load');
});

test('a mode that needs a key says so', () => {
  const schema = z.object({ a: z.int() });
  expect(() => defineEntity({ name: 'rows', mode: 'merge', schema })).toThrow('key: mode merge needs one');
  expect(() => defineEntity({ name: 'rows', mode: 'replace', schema })).toThrow('key: mode replace needs one');
});

test.each([
  [{ mode: 'append', lookback: '1 day' }, 'lookback: is of mode merge: append looks for no keys'],
  [{ mode: 'merge', lookback: '0 days' }, "lookback: '0 days' must be longer than nothing"],
  [{ mode: 'merge', lookback: 'a while' }, /lookback: .*a while/],
  [
    { mode: 'merge', key: ['id', 'n'], rows: { each: 'items', with: { id: 'id' }, replace: true }, lookback: '1 day' },
    'lookback: is of rows by their own key',
  ],
] as const)('a lookback of rows that are not found by it is refused: %o', (given, message) => {
  const options = { name: 'rows', key: ['id'], schema: z.object({ id: z.int(), n: z.int() }), ...given };
  expect(() => defineEntity(options as unknown as Parameters<typeof defineEntity>[0])).toThrow(message);
});

test('a pipeline tells its problems together', () => {
  const source = httpJson({ url: 'http://x' });
  expect(() =>
    definePipeline({ name: 'x', description: '', schedule: { every: 'hourly', start: 'soon' }, source, entities: [] }),
  ).toThrow(/hourly.*|no entity.*soon/s);
});

test.each(['stage', 'monitor_db', 'spectrum', 'staging', 'marts', 'public', 'pg_mine', 'information_schema'])(
  'a pipeline may not be named %s, as a schema of the warehouse is',
  (name) => {
    const source = httpJson({ url: 'http://x' });
    const entities = [define(z.object({ id: z.string() }))];
    expect(() => definePipeline({ name, description: '', schedule: { every: '1 hour' }, source, entities })).toThrow(
      `pipeline ${name}: its name is that of a schema of the warehouse: choose another`,
    );
  },
);

test('how rows are loaded does not change the hash of what they are', () => {
  const schema = z.object({ id: z.string(), at: z.int() });
  const hashOf = (options: Partial<EntityOptions>) =>
    defineEntity({ name: 'rows', mode: 'merge', key: ['id'], schema, ...options }).plan.schemaHash;
  const same = hashOf({});
  expect(hashOf({ mode: 'replace', order: ['at'], allowEmpty: true })).toBe(same);
  expect(hashOf({ key: ['at'] })).not.toBe(same);
  expect(hashOf({ schema: schema.extend({ more: z.string().optional() }) })).not.toBe(same);
});

import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseEntities } from '../../../define/entities-yaml.js';
import { defineEntity } from '../../../define/entity.js';
import type { EntityOptions } from '../../../define/options.js';
import { definePipeline } from '../../../define/pipeline.js';
import type { Entity } from '../../../validate/entity.js';
import { s3Objects } from '../../../sources/declare.js';
import { validated } from '../../../testing/validated.js';
import { verdictsOf } from '../../support/verdicts.js';

const entityOf = (schema: z.ZodType, more: Partial<EntityOptions> = {}) =>
  defineEntity({ name: 'rows', mode: 'append', schema, ...more });

/** what the fast path and zod alone store of a record, which must agree */
function judge(entity: Entity, text: string): unknown[] {
  const [fast, slow] = [verdictsOf(entity), verdictsOf(entity, () => () => false)].map(({ validate }) =>
    validate(JSON.parse(text)).map((verdict) => ('row' in verdict ? verdict.row.slice(0, -1) : verdict.reasons)),
  );
  expect(fast).toEqual(slow);
  return slow ?? [];
}

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '', 'a.b', 'a/b', '~', '~1', ' '];
const quoted = (name: string) => JSON.stringify(name);
const field = <T extends z.ZodType>(name: string, schema: T) => z.object({ id: z.int(), [name]: schema });

test.each(names)('the field %j is its own, and missing where a record lacks it', (name) => {
  const text = field(name, z.string().meta({ column: 'c' }).optional());
  expect(judge(entityOf(text), `{"id":1,${quoted(name)}:"x"}`)).toEqual([[1, 'x']]);
  expect(judge(entityOf(text), '{"id":1}')).toEqual([[1, null]]);

  const free = field(name, z.unknown().meta({ super: true, column: 'c' }).optional());
  expect(judge(entityOf(free), '{"id":1}')).toEqual([[1, null]]);
  const coerced = field(name, z.coerce.string().meta({ column: 'c' }).default('none'));
  expect(judge(entityOf(coerced), '{"id":1}')).toEqual([[1, 'none']]);

  const required = field(name, z.string().meta({ column: 'c' }));
  expect(judge(entityOf(required), '{"id":1}')).toEqual([[expect.stringContaining(`${name}: Invalid input`)]]);
});

test.each(names)('so it is in an object around it, a check on it, a list and a big number: %j', (name) => {
  const inner = z.object({ n: z.int(), [name]: z.int().meta({ column: 'c' }).optional() });
  const schema = z.object({ o: inner.refine(() => true), list: z.array(inner).optional() });
  const whole = `{"n":1,${quoted(name)}:738529527931269}`;
  const [row] = judge(entityOf(schema), `{"o":${whole},"list":[${whole}]}`) as [unknown[]];
  expect(row.slice(0, 2)).toEqual([1, 738_529_527_931_269]);
  expect(JSON.parse(String(row[2]))).toEqual([JSON.parse(whole)]);
  expect(Object.hasOwn((JSON.parse(String(row[2])) as object[])[0] ?? {}, name)).toBe(true);
  expect(judge(entityOf(schema), '{"o":{"n":1}}')).toEqual([[1, null, null]]);
});

test.each([
  ['unknown', z.unknown()],
  ['a record', z.record(z.string(), z.unknown())],
  ['a loose object', z.looseObject({ a: z.int().optional() })],
  ['json', z.json()],
  ['a list of records', z.array(z.record(z.string(), z.json()))],
])('a free object keeps every name: %s', (_, schema) => {
  const object = `{${names.map((name, at) => `${quoted(name)}:${at}`).join(',')},"deep":{"__proto__":{"x":1}}}`;
  const given = schema instanceof z.ZodArray ? `[${object}]` : object;
  const [row] = judge(entityOf(z.object({ v: schema.meta({ super: true }) })), `{"v":${given}}`) as [unknown[]];
  const sorted = (value: unknown) => JSON.stringify(value, (_, part: unknown) => entriesOf(part));
  expect(sorted(JSON.parse(String(row[0])))).toBe(sorted(JSON.parse(given)));
});

function entriesOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

test('unknown fields are kept under every name', () => {
  const entity = entityOf(z.object({ id: z.int() }), { unknownFields: 'keep' });
  const [row] = judge(entity, `{"id":1,"__proto__":{"a":1},"constructor":2,"":3}`) as [unknown[]];
  expect(row).toEqual([1, '{"":3,"__proto__":{"a":1},"constructor":2}']);
});

test('a reason about unknown fields names their column, whose texts are as long as the warehouse takes', () => {
  const entity = entityOf(z.object({ id: z.int() }), { unknownFields: 'keep' });
  expect(judge(entity, `{"id":1,"more":"${'x'.repeat(65_536)}"}`)).toEqual([
    ['_unknown: holds a text of 65536 bytes, SUPER takes 65535'],
  ]);
  const large = { ...entity, plan: { ...entity.plan, superTextBytes: 16_000_000 } };
  expect(judge(large, `{"id":1,"more":"${'x'.repeat(65_536)}"}`)).toEqual([[1, expect.stringContaining('xxx')]]);
});

test('rows, with and when read own fields only', () => {
  const schema = z.object({ id: z.int(), from: z.string().optional(), ['__proto__']: z.int().meta({ column: 'c' }) });
  const rows = { each: 'items', with: { from: 'constructor.name', id: 'toString' } };
  const entity = entityOf(schema, { rows });
  expect(judge(entity, '{"items":[{"__proto__":5,"id":1}]}')).toEqual([[1, null, 5]]);
  expect(judge(entity, '{"toString":7,"constructor":{"name":"x"},"items":[{"__proto__":5}]}')).toEqual([[7, 'x', 5]]);
  const { wants } = verdictsOf(entityOf(z.object({ id: z.int() }), { when: { 'constructor.name': 'Object' } }));
  expect([wants({}), wants(JSON.parse('{"constructor":{"name":"Object"}}'))]).toEqual([false, true]);
});

test('a discriminator may have any name', () => {
  const schema = z.discriminatedUnion('constructor', [
    z.object({ constructor: z.literal('a').meta({ column: 'kind' }), n: z.int() }),
  ]);
  expect(judge(entityOf(schema), '{"constructor":"a","n":1}')).toEqual([['a', 1]]);
  expect(judge(entityOf(schema), '{"n":1}')).toEqual([[expect.stringContaining('Invalid')]]);
});

test('the event time is an own field', async () => {
  const pipeline = definePipeline({
    name: 'timed',
    description: 'for tests',
    schedule: { every: '1 hour' },
    source: s3Objects({ bucket: 'b', prefix: '', modifiedIn: 'interval' }),
    eventTime: '__proto__.at',
    entities: [entityOf(z.object({ ['__proto__']: z.object({ at: z.string().meta({ column: 'c' }) }) }))],
  });
  const body = ['10:30', '12:30'].map((time) => `{"__proto__":{"at":"2022-11-24T${time}:00Z"}}`).join('\n');
  const { counts, entities } = await validated(pipeline, body);
  expect([counts.dropped, entities['rows']?.valid]).toEqual([1, 1]);
});

test('a file that names what zod leaves out is refused at its line', () => {
  const file = 'rows:\n  x-mode: append\n  type: object\n  properties:\n    __proto__: { type: integer }';
  expect(() => parseEntities(file, 'file')).toThrow('line 5: rows.properties.__proto__: cannot be a name in a file');
});

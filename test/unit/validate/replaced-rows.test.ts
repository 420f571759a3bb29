import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTarget } from '../../../warehouse/ddl.js';
import { parseEntities } from '../../../define/entities-yaml.js';
import { parentsPlan } from '../../../columns/parents.js';
import { defineEntity } from '../../../define/entity.js';
import type { EntityOptions } from '../../../define/options.js';
import { definePipeline } from '../../../define/pipeline.js';
import type { Entity } from '../../../validate/entity.js';
import type { Stored } from '../../../validate/encode.js';
import { fileColumns } from '../../../columns/table-columns.js';
import { entityValidator } from '../../../validate/validator.js';
import { s3Objects } from '../../../sources/declare.js';

const options: EntityOptions = {
  name: 'order_lines',
  mode: 'merge',
  key: ['order_id', 'line'],
  order: ['changed_at'],
  rows: { each: 'lines', with: { order_id: 'id', changed: 'changed' }, index: 'line', replace: true },
  schema: z.object({
    order_id: z.string().meta({ bytes: 8 }),
    changed: z.int().meta({ epochMillis: true, column: 'changed_at' }),
    line: z.int32(),
    price: z.string().meta({ decimal: [12, 2] }),
  }),
};
const define = (changes: Partial<EntityOptions>) => defineEntity({ ...options, ...changes });
const lines = define({});

/** what a record appends to both tables, and the reasons of what it does not */
function verdict(record: unknown, entity: Entity = lines) {
  const rows: Stored[][] = [];
  const parents: Stored[][] = [];
  const validator = entityValidator(
    entity,
    (...row) => rows.push(row),
    undefined,
    (...row) => parents.push(row),
  );
  const reasons = validator.validate(record).map(([reason]) => reason);
  return { rows, parents, reasons };
}

test('the parents have the columns of key and order that come from the record, and its hash', () => {
  const parents = parentsPlan(lines.plan);
  expect(parents && fileColumns(parents).map(({ name }) => name)).toEqual([
    'order_id',
    'changed_at',
    '_record',
    '_row_id',
  ]);
  expect(parents).toMatchObject({ name: 'order_lines_parents', key: ['order_id'], order: ['changed_at'] });
  const [, , first, second] = createTarget('shop', lines.plan);
  expect(first).toContain('"shop"."order_lines_parents"');
  expect(second).toMatch(/"shop"."order_lines" [^]*"_record" VARCHAR\(32\) NOT NULL/);
});

test('rows of a record share its hash with their parent; another record has another', () => {
  const record = { id: 'a', changed: 1_000, lines: [{ price: '1' }, { price: '2' }] };
  const { rows, parents, reasons } = verdict(record);
  expect(reasons).toEqual([]);
  const hash = parents[0]?.at(-2);
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
  expect(rows.map((row) => row.at(-1))).toEqual([hash, hash]);
  expect(parents[0]?.slice(0, 2)).toEqual(rows[0]?.slice(0, 2));
  expect(verdict(record).parents).toEqual(parents);
  const changed = { ...record, lines: [{ price: '1' }, { price: '3' }] };
  expect(verdict(changed).parents[0]?.at(-2)).not.toBe(hash);
  expect(verdict(changed).parents[0]?.at(-1)).toBe(parents[0]?.at(-1));
});

test('a record without items has a parent and no rows', () => {
  const { rows, parents, reasons } = verdict({ id: 'a', changed: 1_000, lines: [] });
  expect({ rows, reasons, count: parents.length }).toEqual({ rows: [], reasons: [], count: 1 });
});

const another = 'another row of the record was rejected, and its rows load together';

test.each<[string, unknown, (string | undefined)[]]>([
  [
    'one item is wrong',
    { id: 'a', changed: 1, lines: [{ price: '1' }, { price: 'x' }, { price: '2' }] },
    ['price: is not a decimal number: x', another, another],
  ],
  [
    'it has no id and no items',
    { changed: 1, lines: [] },
    ['order_id: Invalid input: expected string, received undefined'],
  ],
  [
    'its id is too long, without items',
    { id: 'too long for it', changed: 1, lines: [] },
    ['order_id: is 15 bytes long, the column takes 8'],
  ],
  [
    'an item has the name of a field of with',
    { id: 'a', changed: 1, lines: [{ order_id: 'b', price: '1' }, { price: '2' }] },
    [
      'order_id: is another in the item than in its record: give the field in with another name',
      'order_id: is another in the item than in its record: give the field in with another name',
    ],
  ],
  [
    'its list is none',
    { id: 'a', changed: 1, lines: {} },
    ['the record gives no rows: lines: expected a list, got {}'],
  ],
])('where %s, nothing of the record loads, and what it had before stays', (_, record, expected) => {
  expect(verdict(record)).toEqual({ rows: [], parents: [], reasons: expected });
});

test('an item that repeats what its record says is no other', () => {
  const { rows, reasons } = verdict({ id: 'a', changed: 1, lines: [{ order_id: 'a', price: '1' }] });
  expect({ reasons, count: rows.length }).toEqual({ reasons: [], count: 1 });
});

test('a big number that a double rounds is exact in the parent too', () => {
  const exact = define({
    key: ['order_id', 'line'],
    order: [],
    schema: z.object({ order_id: z.number().meta({ decimal: [20, 0] }), line: z.int32() }),
  });
  const parents: Stored[][] = [];
  const { validate } = entityValidator(
    exact,
    () => undefined,
    undefined,
    (...row) => parents.push(row),
  );
  validate({ id: Number('12345678901234567890'), lines: [] }, new Map([['/id', '12345678901234567890']]));
  expect(parents[0]?.[0]).toBe(12345678901234567890n);
});

test.each<[string, Partial<EntityOptions>, string]>([
  ['mode append', { mode: 'append' }, 'rows: has replace, which is for mode merge, not append'],
  ['mode replace', { mode: 'replace' }, 'rows: has replace, which is for mode merge, not replace'],
  [
    'a key of the items only',
    { key: ['line'] },
    "no column of the key (line) comes from the record by with (order_id, changed_at): add the record's own id to with",
  ],
  ['a key of the record only', { key: ['order_id'] }, 'add a column of the item, or index, to the key'],
  ['an order of the items', { order: ['line'] }, 'order names line, which does not come from the record'],
  [
    'a schema that is a union',
    {
      schema: z.union([
        options.schema as z.ZodObject,
        z.object({
          order_id: z.string(),
          changed: z.int().meta({ epochMillis: true, column: 'changed_at' }),
          line: z.int32(),
        }),
      ]),
    },
    'needs a schema that is a z.object',
  ],
  ['a long name', { name: 'x'.repeat(56) }, 'would have a name of more than 63 bytes'],
])('%s is refused with its remedy', (_, changes, message) => {
  expect(() => define(changes)).toThrow(message);
});

test('an entity with the name of the parents is refused', () => {
  const other = defineEntity({ name: 'order_lines_parents', mode: 'append', schema: z.object({ id: z.string() }) });
  const pipeline = (entities: Entity[]) =>
    definePipeline({
      name: 'shop',
      description: '',
      schedule: { every: '1 hour' },
      source: s3Objects({ bucket: 'b', prefix: '', modifiedIn: 'interval' }),
      entities,
    });
  expect(() => pipeline([lines, other])).toThrow(
    'entity order_lines_parents has the name of the table beside order_lines',
  );
  expect(() => pipeline([define({ rows: { each: 'lines' } }), other])).not.toThrow();
});

test('the hash of a schema changes with replace, and only then with the order', () => {
  const hashOf = (changes: Partial<EntityOptions>) => define(changes).plan.schemaHash;
  const rows = { each: 'lines', with: { order_id: 'id', changed: 'changed' }, index: 'line' };
  expect(hashOf({ rows })).toBe(hashOf({ rows, order: [] }));
  expect(hashOf({})).not.toBe(hashOf({ rows }));
  expect(hashOf({})).not.toBe(hashOf({ order: [] }));
});

const yaml = `
order_lines:
  x-mode: merge
  x-key: [order_id, line]
  x-order: [changed_at]
  x-rows: { each: lines, with: { order_id: id, changed: changed }, index: line, replace: true }
  type: object
  required: [order_id, changed, line, price]
  properties:
    order_id: { type: string, x-bytes: 8 }
    changed: { type: integer, x-epoch-millis: true, x-column: changed_at }
    line: { type: integer, minimum: -2147483648, maximum: 2147483647 }
    price: { type: string, x-decimal: [12, 2] }
`;

test('in YAML it is the same', () => {
  const [entity] = parseEntities(yaml, 'test/entities.yaml');
  expect(entity?.plan).toEqual(lines.plan);
  const record = { id: 'a', changed: 1_000, lines: [{ price: '1' }] };
  expect(verdict(record, entity)).toEqual(verdict(record));
  expect(() => parseEntities(yaml.replace('merge', 'append'), 'test/entities.yaml')).toThrow(
    'test/entities.yaml: line 6: order_lines.x-rows: has replace, which is for mode merge, not append',
  );
});

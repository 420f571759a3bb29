import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseEntities } from '../../../define/entities-yaml.js';
import { defineEntity } from '../../../define/entity.js';
import type { Entity } from '../../../validate/entity.js';
import { verdictsOf } from '../../support/verdicts.js';

const yaml = `
trips:
  description: One trip.
  x-mode: merge
  x-key: [trip_id]
  x-order: [changed_at]
  x-when: { kind: trip, state: [done, failed] }
  x-unknown-fields: keep
  type: object
  required: [id, changed, fare, legs, place]
  properties:
    id: { type: string, minLength: 1, x-bytes: 36, x-column: trip_id, description: id of the trip }
    changed: { type: integer, x-epoch-millis: true, x-column: changed_at, x-sort-key: 1 }
    fare: { type: string, x-decimal: [12, 2] }
    seats: { type: integer, minimum: 0, maximum: 8 }
    shared: { type: boolean, default: false }
    started: { type: [string, 'null'], format: date-time, x-timezone: true }
    day: { type: string, format: date }
    class: { enum: [basic, comfort] }
    place:
      type: [object, 'null']
      required: [lat]
      properties:
        lat: { type: number, minimum: -90, maximum: 90 }
        lng: { type: [number, 'null'] }
    legs: { type: array, items: { type: number } }
    extra: { type: object }
    tags: { $ref: '#/$defs/tags' }
    ignored: { x-column: false }
  $defs:
    tags: { type: array, items: { type: string } }
stops:
  x-mode: append
  x-rows: { each: stops, with: { trip: id }, index: position }
  type: object
  required: [trip, position, name]
  properties:
    trip: { type: string }
    position: { type: integer }
    name: { type: string }
`;

const twins: Entity[] = [
  defineEntity({
    name: 'trips',
    description: 'One trip.',
    mode: 'merge',
    key: ['trip_id'],
    order: ['changed_at'],
    when: { kind: 'trip', state: ['done', 'failed'] },
    unknownFields: 'keep',
    schema: z.object({
      id: z.string().min(1).meta({ bytes: 36, column: 'trip_id', description: 'id of the trip' }),
      changed: z.int().meta({ epochMillis: true, column: 'changed_at', sortKey: 1 }),
      fare: z.string().meta({ decimal: [12, 2] }),
      seats: z.int().min(0).max(8).optional(),
      shared: z.boolean().default(false),
      started: z.iso.datetime({ offset: true }).meta({ timezone: true }).nullish(),
      day: z.iso.date().optional(),
      class: z.enum(['basic', 'comfort']).optional(),
      place: z.object({ lat: z.number().min(-90).max(90), lng: z.number().nullish() }).nullable(),
      legs: z.array(z.number()),
      extra: z.looseObject({}).optional(),
      tags: z.array(z.string()).optional(),
      ignored: z.any().optional().meta({ column: false }),
    }),
  }),
  defineEntity({
    name: 'stops',
    mode: 'append',
    rows: { each: 'stops', with: { trip: 'id' }, index: 'position' },
    schema: z.object({ trip: z.string(), position: z.int(), name: z.string() }),
  }),
];

const entities = parseEntities(yaml, 'test/entities.yaml');

test('a file gives the columns, the hash and the routing of the same entity in zod', () => {
  expect(entities.map(({ plan }) => plan)).toEqual(twins.map(({ plan }) => plan));
  for (const [at, { schema: _yaml, rows: _rows, ...entity }] of entities.entries()) {
    const { schema: _zod, rows: _also, ...twin } = twins[at] ?? {};
    expect(entity).toEqual(twin);
  }
});

const trip = {
  kind: 'trip',
  state: 'done',
  id: 'a',
  changed: 1_669_284_000_000,
  fare: '12.50',
  seats: 2,
  shared: true,
  started: '2022-11-24T10:00:00+01:00',
  day: '2022-11-24',
  class: 'basic',
  place: { lat: 1.5, lng: null },
  legs: [1, 2],
  extra: { a: 1 },
  tags: ['x'],
  stops: [{ name: 'a' }, { name: 'b', late: true }],
};

test('and its verdicts, on records of every kind', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(...Object.values(trip), '2022-02-30', '2022-11-24T10:00:00Z', -91, 8, 9, '1.234', 1.5, 2 ** 53),
  );
  const changed = fc.dictionary(fc.constantFrom(...Object.keys(trip), 'more', '__proto__'), value, { maxKeys: 3 });
  const dropped = fc.subarray(Object.keys(trip), { maxLength: 2 });
  for (const [at, entity] of entities.entries()) {
    const [one, other] = [verdictsOf(entity), verdictsOf(twins[at] ?? entity)];
    fc.assert(
      fc.property(changed, dropped, (changes, without) => {
        const record = JSON.parse(JSON.stringify({ ...trip, ...changes })) as Record<string, unknown>;
        for (const name of without) delete record[name];
        expect(one.wants(record)).toBe(other.wants(record));
        expect(one.validate(record)).toEqual(other.validate(record));
      }),
      { numRuns: 500 },
    );
    expect(one.drift()).toEqual(other.drift());
  }
});

test('words are read at schemas only: a property and a default are named as they like', () => {
  const [entity] = parseEntities(
    `a: { x-mode: append, type: object, properties: { x-y: { type: string, default: x-z, x-bytes: 3 } } }`,
    'test/entities.yaml',
  );
  expect(entity?.plan.columns).toEqual([
    { name: 'x_y', path: ['x-y'], type: { kind: 'varchar', bytes: 3 }, nullable: false },
  ]);
});

const lines = (...text: string[]) => text.join('\n');

test.each([
  ['not YAML', 'a: [1', /^test\/entities\.yaml: line 1: /],
  ['a name twice', lines('a: 1', 'a: 2'), /line 2: Map keys must be unique/],
  ['no list of entities', 'a', /line 1: .*expected record/],
  [
    'a mode that is none',
    lines('a:', '  x-mode: upsert', '  type: object', '  properties: { b: { type: string } }'),
    /line 2: a\.x-mode: .*"merge"\|"append"\|"replace"/,
  ],
  [
    'a slip of the pen',
    lines(
      'a:',
      '  x-mode: append',
      '  type: object',
      '  requird: [b]',
      '  properties:',
      '    b: { type: string, x-byts: 3 }',
    ),
    /line 4: a\.requird: is no word of a schema.*line 6: a\.properties\.b\.x-byts: is no word/,
  ],
  [
    'a required field that is not declared',
    lines('a:', '  x-mode: append', '  type: object', '  required: [b, c]', '  properties: { b: { type: string } }'),
    /line 4: a\.required: names c, which properties does not declare/,
  ],
  [
    'a key that is no column, and a field without a type',
    lines(
      'a:',
      '  x-mode: merge',
      '  x-key: [id]',
      '  type: object',
      '  properties:',
      '    b: {}',
      '    c: { type: string }',
    ),
    /line 3: a\.x-key: id, which is no column.*line 6: a\.properties\.b: accepts anything: give it a type; x-super: true keeps/,
  ],
  [
    'a nested field',
    lines(
      'a:',
      '  x-mode: append',
      '  type: object',
      '  properties:',
      '    b:',
      '      type: object',
      '      properties:',
      '        hr: { type: integer }',
      '        n: { type: number, x-epoch-millis: true, x-column: n }',
    ),
    /line 9: a\.properties\.b\.properties\.n: has epochMillis: use it on type: integer/,
  ],
  [
    'what zod cannot convert',
    lines('a:', '  x-mode: append', '  type: object', '  properties:', "    b: { $ref: 'other.json' }"),
    /line 5: a\.properties\.b: External \$ref is not supported/,
  ],
  ['no mode', lines('a:', '  type: object', '  properties: { b: { type: string } }'), /line 1: a\.x-mode: /],
])('%s is told by file, line and field', (_, text, told) => {
  expect(() => parseEntities(text, 'test/entities.yaml')).toThrow(told);
});

test('the hash of a table in YAML stays what it is', () => {
  const text = readFileSync(new URL('../../project/pipelines/minibuses/entities.yaml', import.meta.url), 'utf8');
  expect(parseEntities(text, 'x').map(({ plan }) => [plan.name, plan.schemaHash])).toEqual([
    ['positions', '2a93963c7b9d0a3a'],
    ['duties', 'a139ca10c041ba9d'],
  ]);
});

import { expect, test } from 'vitest';
import { z } from 'zod';
import { fittingColumns } from '../../../activities/fitting-columns.js';
import { defineEntity } from '../../../define/entity.js';
import { fileColumns } from '../../../columns/table-columns.js';

const shape = { id: z.string().meta({ bytes: 20 }), count: z.int32().nullable() };
const define = (fields: z.ZodRawShape, key = ['id']) =>
  defineEntity({ name: 'rows', mode: 'merge', key, schema: z.object(fields) }).plan;
const manifestOf = (entity: ReturnType<typeof define>) => ({
  schemaHash: entity.schemaHash,
  columns: fileColumns(entity).map(({ name, type, nullable }) => ({ name, type, nullable })),
  key: entity.key,
});
const files = manifestOf(define(shape));

test.each<[string, ReturnType<typeof define>, string[] | undefined]>([
  ['the same schema', define(shape), ['id', 'count', '_row_id']],
  ['a new nullable column', define({ more: z.string().optional(), ...shape }), ['id', 'count', '_row_id']],
  ['a longer VARCHAR', define({ ...shape, id: z.string().meta({ bytes: 21 }) }), ['id', 'count', '_row_id']],
  ['a shorter VARCHAR', define({ ...shape, id: z.string().meta({ bytes: 19 }) }), undefined],
  ['another type', define({ ...shape, count: z.int().nullable() }), undefined],
  ['null not allowed any more', define({ ...shape, count: z.int32() }), undefined],
  ['a column that is gone', define({ id: shape.id }), undefined],
  ['a new required column', define({ ...shape, more: z.string() }), undefined],
  ['another key', define({ ...shape, count: z.int32() }, ['count']), undefined],
])('files and %s', (_, entity, expected) => {
  expect(fittingColumns(files, entity)).toEqual(expected);
});

test('a manifest that names no columns goes by the hash of its schema', () => {
  const { schemaHash } = files;
  expect(fittingColumns({ schemaHash }, define(shape))).toEqual(['id', 'count', '_row_id']);
  expect(fittingColumns({ schemaHash }, define({ id: shape.id }))).toBeUndefined();
});

import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEntity } from '../../../define/entity.js';
import type { EntityOptions, PipelineOptions } from '../../../define/options.js';
import { definePipeline } from '../../../define/pipeline.js';
import { definitionHashes } from '../../../define/definition-hash.js';
import { httpJson } from '../../../index.js';

function hashOf(pipeline: Partial<PipelineOptions> = {}, entity: Partial<EntityOptions> = {}, slots = 1): string {
  const rows = defineEntity({
    name: 'rows',
    mode: 'merge',
    key: ['id'],
    schema: z.object({ id: z.string().meta({ bytes: 8 }), amount: z.int().min(0).nullish() }),
    ...entity,
  });
  const one = definePipeline({
    name: 'things',
    description: 'Things',
    schedule: { every: '1 hour' },
    source: httpJson({ url: 'https://example.com/things', query: { a: '1', b: '2' }, records: { form: 'json' } }),
    entities: [rows],
    ...pipeline,
  });
  return definitionHashes({ pipelines: [one], pools: { shop: slots } }).pipelines['things'] ?? '';
}

test('a definition read again has the hash that it had, in whatever order its fields are written', () => {
  const source = httpJson({ url: 'https://example.com/things', query: { b: '2', a: '1' }, records: { form: 'json' } });
  expect(hashOf()).toMatch(/^[0-9a-f]{12}$/);
  expect(hashOf({ source })).toBe(hashOf());
});

test.each<[string, Parameters<typeof hashOf>]>([
  ['another interval', [{ schedule: { every: '1 day' } }]],
  ['another address', [{ source: httpJson({ url: 'https://example.com/t', records: { form: 'json' } }) }]],
  ['another param', [{ params: z.object({ a: z.string().optional() }) }]],
  [
    'a stricter field',
    [{}, { schema: z.object({ id: z.string().meta({ bytes: 8 }), amount: z.int().min(1).nullish() }) }],
  ],
  ['another condition', [{}, { when: { kind: 'a' } }]],
  ['another way of loading', [{}, { mode: 'append' }]],
])('%s has another hash', (_, args) => {
  expect(hashOf(...args)).not.toBe(hashOf());
});

test('slots of its pool are part of what it says', () => {
  expect(hashOf({ pool: 'shop' }, {}, 2)).not.toBe(hashOf({ pool: 'shop' }, {}, 1));
  expect(hashOf({}, {}, 2)).toBe(hashOf({}, {}, 1));
});

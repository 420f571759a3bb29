import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { dbtSource } from '../../../dbt/dbt-source.js';
import { defineEntity } from '../../../define/entity.js';
import { definePipeline } from '../../../define/pipeline.js';
import { httpJson } from '../../../sources/declare.js';

test('rows without a key are not held to be unique; words of any kind stay what they are', () => {
  const events = defineEntity({
    name: 'events',
    description: 'it\'s: a "list", #1',
    mode: 'append',
    schema: z.object({ note: z.string().describe('- {{ x }}: y\nz') }),
  });
  const pipeline = definePipeline({
    name: 'odd',
    description: '@odd',
    schedule: { every: '1 day' },
    source: httpJson({ url: 'http://x' }),
    entities: [events],
  });
  const { sources } = parse(dbtSource(pipeline)) as { sources: unknown[] };
  expect(sources).toEqual([
    expect.objectContaining({
      name: 'odd',
      description: '@odd',
      tables: [
        expect.objectContaining({
          name: 'events',
          description: 'it\'s: a "list", #1',
          columns: expect.arrayContaining([
            { name: 'note', description: '- {{ x }}: y\nz', data_type: 'varchar(65535)' },
            expect.objectContaining({ name: '_row_id', data_tests: ['not_null'] }),
          ]) as unknown,
        }),
      ],
    }),
  ]);
});

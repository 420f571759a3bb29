import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { pipelines } from '../../support/samples.js';
import { dbtSource } from '../../../dbt/dbt-source.js';
import { defineEntity } from '../../../define/entity.js';
import { definePipeline } from '../../../define/pipeline.js';
import { httpJson } from '../../../sources/declare.js';

const staging = join(import.meta.dirname, '../../../examples/dbt/models/staging');

test.each(pipelines)(
  'the dbt source of $name is what its definition says: waterclock schema --write-dbt-sources',
  (pipeline) => {
    expect(readFileSync(join(staging, pipeline.name, 'sources.yml'), 'utf8')).toBe(dbtSource(pipeline));
  },
);

test.each(pipelines)('every column of $name is described', ({ entities }) => {
  for (const { plan } of entities) {
    for (const { name, description } of plan.columns) expect(description, `${plan.name}.${name}`).toBeTruthy();
  }
});

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

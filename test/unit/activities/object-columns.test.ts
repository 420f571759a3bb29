import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEntity } from '../../../define/entity.js';
import { s3Objects } from '../../../sources/declare.js';
import { validated } from '../../../testing/validated.js';
import { storedRows } from '../../support/any-values.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const lines = '{"id":"a","etag":"its own"}\n{"id":"b"}\n';
const sources = [
  { name: 'd/1', etag: 'e1', modified: '2022-11-24T10:01:00.000Z', offset: 0, bytes: 28 },
  { name: 'd/2', etag: 'e2', modified: '2022-11-24T10:02:00.000Z', offset: 28, bytes: lines.length - 28 },
];

test('each record has the key, time and etag of its object, where they are declared', async () => {
  const columns = { key: 'source_key', modified: 'source_time', etag: 'etag' };
  const schema = z.object({
    id: z.string(),
    source_key: z.string(),
    source_time: z.iso.datetime(),
    etag: z.string(),
  });
  const pipeline = tinyPipeline({
    source: s3Objects({ bucket: 'b', prefix: 'd/', columns }),
    entities: [defineEntity({ name: 'rows', mode: 'append', schema })],
  });
  const rows = await storedRows(await validated(pipeline, lines, { sources }), 'rows');
  expect(rows).toMatchObject([
    { id: 'a', source_key: 'd/1', etag: 'e1' },
    { id: 'b', source_key: 'd/2', etag: 'e2' },
  ]);
  expect(rows.map((row) => Number(row['source_time']) % 3_600_000)).toEqual([60_000, 120_000]);
});

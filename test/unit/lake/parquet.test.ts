import fc from 'fast-check';
import { parquetMetadataAsync } from 'hyparquet';
import { expect, test } from 'vitest';
import { arrowTable, toParquet, type ArrowTable, type FileForm } from '../../../lake/parquet.js';
import type { EntityPlan } from '../../../model/columns.js';
import { encoder } from '../../../validate/encode.js';
import { rowBatch } from '../../../validate/row-batch.js';
import { fileColumns } from '../../../columns/table-columns.js';
import { parquetOf } from '../../support/parquet-of.js';
import { randomFile } from '../../support/random-rows.js';

const plan: EntityPlan = {
  name: 'numbers',
  mode: 'append',
  columns: [{ name: 'n', path: ['n'], type: { kind: 'bigint' }, nullable: false }],
  key: [],
  order: [],
  allowEmpty: false,
  schemaHash: 'x',
};

const form: FileForm = { columns: fileColumns(plan), codec: 'snappy' };

async function* batchesOf(count: number, rows: number): AsyncGenerator<ArrowTable> {
  const batch = rowBatch(plan);
  for (let at = 0; at < count; at++) {
    for (let row = 0; row < rows; row++) batch.append(at * rows + row, String(row).padStart(32, '0'));
    yield arrowTable(batch.take());
  }
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

test('row groups are bounded, and carry statistics', async () => {
  const bytes = await bytesOf(toParquet(batchesOf(5, 65_536), form));
  const metadata = await parquetMetadataAsync(Uint8Array.from(bytes).buffer);
  expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([131_072, 131_072, 65_536]);
  expect(metadata.row_groups[1]?.columns[0]?.meta_data?.statistics).toMatchObject({
    min_value: 131_072n,
    max_value: 262_143n,
    null_count: 0n,
  });
});

test('a text column whose values seldom repeat is written without a dictionary', async () => {
  const text = (name: string) => ({
    name,
    path: [name],
    type: { kind: 'varchar' as const, bytes: 16 },
    nullable: true,
  });
  const texts: EntityPlan = { ...plan, columns: [text('own'), text('shared'), text('empty')] };
  async function* batches() {
    const batch = rowBatch(texts);
    for (let row = 0; row < 5_000; row++) batch.append(`o${row}`, `s${row % 900}`, null, String(row).padStart(32, '0'));
    yield arrowTable(batch.take());
  }
  const bytes = await bytesOf(toParquet(batches(), { columns: fileColumns(texts), codec: 'snappy' }));
  const metadata = await parquetMetadataAsync(Uint8Array.from(bytes).buffer);
  const columns = metadata.row_groups[0]?.columns.map(({ meta_data: data }) => data);
  const withDictionary = columns?.filter((data) => data?.encodings.includes('RLE_DICTIONARY'));
  expect(withDictionary?.map((data) => data?.path_in_schema.join())).toEqual(['shared', 'empty']);
});

test('an error of the batches is thrown, and never ends in a short file', async () => {
  async function* failing() {
    yield* batchesOf(3, 65_536);
    throw new Error('s3 went away');
  }
  await expect(bytesOf(toParquet(failing(), form))).rejects.toThrow('s3 went away');
});

test('the same rows give the same bytes, however often they are written', async () => {
  await fc.assert(
    fc.asyncProperty(randomFile, async (file) => {
      expect((await parquetOf(file)).equals(await parquetOf(file))).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('a batch leaves nothing of its rows to the next one', () => {
  fc.assert(
    fc.property(randomFile, ({ columns, rows }) => {
      const batch = rowBatch({ ...plan, columns });
      const encoders = columns.map((column) => encoder(column));
      const take = (some: typeof rows) => {
        for (const row of some) batch.append(...row.map(({ value }, at) => encoders[at]?.(value) ?? null), 'id');
        return batch.take();
      };
      const one = take(rows.slice(0, 3));
      take(rows);
      expect(take(rows.slice(0, 3))).toEqual(one);
    }),
  );
});

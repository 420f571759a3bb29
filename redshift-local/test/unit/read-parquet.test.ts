import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { isTexts, textAt, type Page } from '../../copy/page.js';
import { openParquet } from '../../copy/read-parquet.js';

const cells = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 5 });
const rows = fc.array(
  fc.record({
    few: cells(fc.constantFrom('update', 'create', '', 'grün')),
    any: cells(fc.string({ unit: 'grapheme', maxLength: 120 })),
    whole: cells(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    real: cells(fc.double({ noNaN: true })),
  }),
  { minLength: 1, maxLength: 200 },
);
const names = ['few', 'any', 'whole', 'real'] as const;
const types = { few: 'STRING', any: 'STRING', whole: 'INT64', real: 'DOUBLE' } as const;

function valuesOf(pages: Iterable<Page>): unknown[] {
  const found: unknown[] = [];
  for (const { start, rows, values, places } of pages) {
    expect(start).toBe(found.length);
    for (let row = 0; row < rows; row++) {
      const place = places ? (places[row] ?? -1) : row;
      if (place < 0) found.push(null);
      else found.push(isTexts(values) ? Buffer.from(textAt(values, place)).toString() : values[place]);
    }
  }
  return found;
}

test.each([
  { text: undefined, codec: 'SNAPPY' },
  { text: 'PLAIN', codec: 'UNCOMPRESSED' },
  { text: 'DELTA_LENGTH_BYTE_ARRAY', codec: 'SNAPPY' },
  { text: 'DELTA_BYTE_ARRAY', codec: 'SNAPPY' },
] as const)('pages hold what was written, NULLs in their places: $text $codec', async ({ text, codec }) => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 16, max: 2000 }), fc.boolean(), async (given, pageSize, isWhole) => {
      const written = isWhole ? given.filter((row) => names.every((name) => row[name] !== null)) : given;
      fc.pre(written.length > 0);
      const file = parquetWriteBuffer({
        columnData: names.map((name) => ({
          name,
          data: written.map((row) => row[name]),
          type: types[name],
          nullable: !isWhole,
          ...(text && types[name] === 'STRING' && { encoding: text }),
        })),
        codec,
        pageSize,
        rowGroupSize: 64,
      });
      const parquet = await openParquet(file);
      const found: Record<string, unknown[]> = { few: [], any: [], whole: [], real: [] };
      for await (const { columns } of parquet.groups([...names])) {
        for (const [at, name] of names.entries()) found[name]?.push(...valuesOf(columns[at] ?? []));
      }
      for (const name of names) expect(found[name]).toEqual(written.map((row) => row[name]));
    }),
    { numRuns: 60 },
  );
});

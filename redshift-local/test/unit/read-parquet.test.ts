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

test('wanted columns of a row group are one request, read while the group before it is gone through; a few of many are one each', async () => {
  const columns = ['a', 'b', 'c', 'd', 'e', 'f'];
  const data = Array.from({ length: 3000 }, (_, at) => `value ${at}`);
  const whole = parquetWriteBuffer({
    columnData: columns.map((name) => ({ name, data, type: 'STRING' as const })),
    codec: 'UNCOMPRESSED',
    rowGroupSize: 1000,
  });
  const asked = async (wanted: string[]) => {
    let requests: number[] = [];
    const slice = (start: number, end?: number) => {
      requests.push(start);
      return Promise.resolve(whole.slice(start, end));
    };
    const parquet = await openParquet({ byteLength: whole.byteLength, slice });
    requests = [];
    const counts: number[] = [];
    const found: unknown[] = [];
    for await (const group of parquet.groups(wanted)) {
      counts.push(requests.length);
      found.push(...valuesOf(group.columns[0] ?? []));
    }
    expect(found).toEqual(data);
    return counts;
  };
  expect(await asked(columns)).toEqual([2, 3, 3]);
  expect(await asked(['a', 'f'])).toEqual([2, 4, 6]);
});

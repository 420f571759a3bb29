import type { BinaryColumn } from './binary-columns.js';
import { CellError } from './cell-error.js';
import type { Page } from './read-parquet.js';

/** signature, flags and no extension */
export const copyHeader = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const copyTrailer = Buffer.from([0xff, 0xff]);

/** rows encoded at a time: about 256 KB to 1 MB of a usual table */
const batchRows = 4096;

/** rows of one row group as PostgreSQL's binary COPY takes them */
export function* binaryRows(
  writers: (BinaryColumn | undefined)[],
  columns: Page[][],
  rows: number,
): Generator<{ chunk: Buffer; count: number }> {
  const sizes = new Int32Array(batchRows);
  for (let start = 0; start < rows; start += batchRows) {
    const count = Math.min(batchRows, rows - start);
    sizes.fill(2, 0, count);
    eachColumn(
      writers,
      columns,
      start,
      count,
      (writer, values, from, to, row) => writer.measure(values, from, to, sizes, row),
      sizes,
    );
    let end = 0;
    for (let row = 0; row < count; row++) {
      const size = sizes[row] ?? 0;
      sizes[row] = end;
      end += size;
    }
    const chunk = Buffer.allocUnsafeSlow(end);
    const out = new DataView(chunk.buffer, 0, end);
    for (let row = 0; row < count; row++) {
      const at = sizes[row] ?? 0;
      out.setInt16(at, columns.length);
      sizes[row] = at + 2;
    }
    eachColumn(
      writers,
      columns,
      start,
      count,
      (writer, values, from, to, row) => writer.write(values, from, to, out, chunk, sizes, row),
      sizes,
      out,
    );
    yield { chunk, count };
  }
}

type Visit = (writer: BinaryColumn, values: Page['values'], from: number, to: number, row: number) => void;

/** the pieces of every column's pages that lie in the batch; a column that the file lacks is NULL */
function eachColumn(
  writers: (BinaryColumn | undefined)[],
  columns: Page[][],
  start: number,
  count: number,
  visit: Visit,
  cursors: Int32Array,
  out?: DataView,
): void {
  for (const [at, pages] of columns.entries()) {
    const writer = writers[at];
    if (!writer) {
      for (let row = 0; row < count; row++) {
        out?.setInt32(cursors[row] ?? 0, -1);
        cursors[row] = (cursors[row] ?? 0) + 4;
      }
      continue;
    }
    for (const page of pages) {
      const from = Math.max(start, page.start);
      const to = Math.min(start + count, page.start + page.values.length);
      if (from >= to) continue;
      try {
        visit(writer, page.values, from - page.start, to - page.start, from - start);
      } catch (error) {
        throw error instanceof CellError ? error.at(at, page.start) : error;
      }
    }
  }
}

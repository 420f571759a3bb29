import { putNull, type BinaryColumn, type Piece } from './binary-column.js';
import { CellError } from './cell-error.js';
import type { Page } from './page.js';

/** signature, flags and no extension */
export const copyHeader = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const copyTrailer = Buffer.from([0xff, 0xff]);

/** rows encoded at a time: about 256 KB to 1 MB of a usual table */
const batchRows = 4096;

/** a column of the table and its pages in a row group; one that the file lacks is NULL */
export interface Source {
  writer: BinaryColumn;
  pages: Iterable<Page>;
}

/** rows of one row group as PostgreSQL's binary COPY takes them; pages are read when their rows come, and a chunk's bytes are its own until the next */
export function* binaryRows(
  sources: (Source | undefined)[],
  rows: number,
): Generator<{ chunk: Buffer; count: number }> {
  const windows = sources.map((source) => source && pageWindow(source.pages));
  const sizes = new Int32Array(batchRows);
  let room = Buffer.alloc(0);

  /** what each column's pages hold of the rows from `start` on */
  function eachPiece(
    start: number,
    count: number,
    visit: (piece: Piece, writer: BinaryColumn) => void,
    none: () => void,
  ) {
    for (const [at, source] of sources.entries()) {
      if (!source) none();
      for (const page of windows[at]?.(start, start + count) ?? []) {
        const from = Math.max(start, page.start);
        const to = Math.min(start + count, page.start + page.rows);
        try {
          const piece = { page, from: from - page.start, to: to - page.start, row: from - start };
          if (source) visit(piece, source.writer);
        } catch (error) {
          throw error instanceof CellError ? error.at(at, page.start) : error;
        }
      }
    }
  }

  for (let start = 0; start < rows; start += batchRows) {
    const count = Math.min(batchRows, rows - start);
    sizes.fill(2, 0, count);
    eachPiece(
      start,
      count,
      (piece, writer) => writer.measure(piece, sizes),
      () => {
        for (let row = 0; row < count; row++) sizes[row] = (sizes[row] ?? 0) + 4;
      },
    );
    let end = 0;
    for (let row = 0; row < count; row++) {
      const size = sizes[row] ?? 0;
      sizes[row] = end;
      end += size;
    }
    if (room.length < end) room = Buffer.allocUnsafeSlow(end + (end >> 3));
    const out = new DataView(room.buffer, 0, end);
    for (let row = 0; row < count; row++) {
      const at = sizes[row] ?? 0;
      out.setInt16(at, sources.length);
      sizes[row] = at + 2;
    }
    eachPiece(
      start,
      count,
      (piece, writer) => writer.write(piece, out, sizes),
      () => {
        for (let row = 0; row < count; row++) putNull(out, sizes, row);
      },
    );
    yield { chunk: room.subarray(0, end), count };
  }
}

/** the pages that hold rows from `start` to `end`; those behind are forgotten, those ahead not read yet */
function pageWindow(pages: Iterable<Page>) {
  const coming = pages[Symbol.iterator]();
  let open: Page[] = [];
  let read = 0;
  return (start: number, end: number): Page[] => {
    open = open.filter((page) => page.start + page.rows > start);
    while (read < end) {
      const { done, value: page } = coming.next();
      if (done) break;
      read = page.start + page.rows;
      open.push(page);
    }
    return open;
  };
}

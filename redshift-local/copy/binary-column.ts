import type { Page } from './page.js';

/** rows of a page, and the first row of the batch that they become */
export interface Piece {
  page: Page;
  from: number;
  to: number;
  row: number;
}

/**
 * one column of PostgreSQL's binary COPY format, written column by column into rows that lie end to end:
 * `measure` adds the bytes of each cell to its row, `write` puts the cell at its row's cursor and moves that on
 */
export interface BinaryColumn {
  measure(piece: Piece, sizes: Int32Array): void;
  write(piece: Piece, out: DataView, cursors: Int32Array): void;
}

/** where among the page's values that of a row is; -1: there is none */
export const placeOf = (places: Int32Array | undefined, index: number) => (places ? (places[index] ?? -1) : index);

export function putNull(out: DataView, cursors: Int32Array, row: number): void {
  const at = cursors[row] ?? 0;
  out.setInt32(at, -1);
  cursors[row] = at + 4;
}

import { placeOf, putNull, type BinaryColumn, type Piece } from './binary-column.js';
import { CellError, missing } from './cell-error.js';
import { ValueError } from './load-errors.js';
import { isTexts, type Values } from './page.js';
import type { TargetColumn } from './target-columns.js';

/** cells of one width */
export function fixed<T>(
  width: number,
  column: TargetColumn,
  put: (out: DataView, at: number, value: T) => void,
): BinaryColumn {
  return {
    measure: measured(width, column),
    write({ page: { values, places }, from, to, row }, out, cursors) {
      for (let index = from; index < to; index++, row++) {
        const place = placeOf(places, index);
        if (place < 0) {
          putNull(out, cursors, row);
          continue;
        }
        const at = cursors[row] ?? 0;
        out.setInt32(at, width);
        cursors[row] = at + 4 + width;
        try {
          put(out, at + 4, (values as ArrayLike<T>)[place] as T);
        } catch (error) {
          throw error instanceof ValueError ? new CellError(index, error) : error;
        }
      }
    },
  };
}

/** 64 bits as they are stored, less a constant: by halves, since an object a value takes longer than all the rest */
export function halves(column: TargetColumn, less = 0n): BinaryColumn {
  const [lessHigh, lessLow] = [Number(less >> 32n), Number(less & 0xffff_ffffn)];
  return {
    measure: measured(8, column),
    write({ page: { values, places }, from, to, row }, out, cursors) {
      const stored = halvesOf(values);
      for (let index = from; index < to; index++, row++) {
        const place = placeOf(places, index);
        if (place < 0) {
          putNull(out, cursors, row);
          continue;
        }
        const at = cursors[row] ?? 0;
        const low = ((stored[2 * place] ?? 0) >>> 0) - lessLow;
        out.setInt32(at, 8);
        out.setInt32(at + 4, (stored[2 * place + 1] ?? 0) - lessHigh - (low < 0 ? 1 : 0));
        out.setInt32(at + 8, low);
        cursors[row] = at + 12;
      }
    },
  };
}

/** each value's low half first: typed arrays have the byte order of the machine, which is Parquet's */
function halvesOf(values: Values): Int32Array {
  if (values instanceof BigInt64Array || values instanceof Float64Array) {
    return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  }
  // a page whose rows are all NULL may hold none
  if (!isTexts(values) && values.length === 0) return new Int32Array();
  throw new Error(`a page of 64-bit numbers was read as ${values.constructor.name}`);
}

function measured(width: number, { nullable }: TargetColumn) {
  return ({ page: { places }, from, to, row }: Piece, sizes: Int32Array): void => {
    for (let index = from; index < to; index++, row++) {
      const isThere = placeOf(places, index) >= 0;
      if (!isThere && !nullable) throw missing(index);
      sizes[row] = (sizes[row] ?? 0) + 4 + (isThere ? width : 0);
    }
  };
}

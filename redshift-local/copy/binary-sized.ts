import { placeOf, putNull, type BinaryColumn } from './binary-column.js';
import { CellError, missing } from './cell-error.js';
import { tooLong, ValueError } from './load-errors.js';
import { isTexts, textAt, textsIn, type Values } from './page.js';
import type { TargetColumn } from './target-columns.js';

const limitOf = ({ bytes }: TargetColumn) => (bytes > 0 ? bytes : Number.POSITIVE_INFINITY);

/** texts as they are stored */
export function texts(column: TargetColumn): BinaryColumn {
  const { nullable, name } = column;
  const limit = limitOf(column);
  return {
    measure({ page: { values, places }, from, to, row }, sizes) {
      const { lengths } = textsIn(values);
      for (let index = from; index < to; index++, row++) {
        const place = placeOf(places, index);
        if (place < 0 && !nullable) throw missing(index);
        const length = place < 0 ? 0 : (lengths[place] ?? 0);
        if (length > limit) throw new CellError(index, tooLong(limit, length, name));
        sizes[row] = (sizes[row] ?? 0) + 4 + length;
      }
    },
    write({ page: { values, places }, from, to, row }, out, cursors) {
      const texts = textsIn(values);
      const { view, starts, lengths } = texts;
      const bytes = new Uint8Array(out.buffer);
      for (let index = from; index < to; index++, row++) {
        const place = placeOf(places, index);
        if (place < 0) {
          putNull(out, cursors, row);
          continue;
        }
        const at = cursors[row] ?? 0;
        const length = lengths[place] ?? 0;
        out.setInt32(at, length);
        if (length > shortBytes) bytes.set(textAt(texts, place), at + 4);
        else copyShort(view, starts[place] ?? 0, length, out, at + 4);
        cursors[row] = at + 4 + length;
      }
    },
  };
}

/** short texts are copied faster by hand than by a call */
const shortBytes = 96;

function copyShort(from: DataView, start: number, length: number, to: DataView, at: number): void {
  let done = 0;
  for (; done + 4 <= length; done += 4) to.setInt32(at + done, from.getInt32(start + done));
  for (; done < length; done++) to.setUint8(at + done, from.getUint8(start + done));
}

/** cells of any width, made of a value each */
export function sized(toBytes: (value: unknown) => Uint8Array, column: TargetColumn): BinaryColumn {
  const { nullable, bytes: limit, name } = column;
  const most = limitOf(column);
  /** of the rows of the batch */
  const encoded: (Uint8Array | undefined)[] = [];
  return {
    measure({ page: { values, places }, from, to, row }, sizes) {
      for (let index = from; index < to; index++, row++) {
        const value = valueAt(values, placeOf(places, index));
        try {
          const found = value === undefined || value === null ? undefined : toBytes(value);
          if (!found && !nullable) throw missing(index);
          if (found && found.length > most) throw tooLong(limit, found.length, name);
          encoded[row] = found;
          sizes[row] = (sizes[row] ?? 0) + 4 + (found?.length ?? 0);
        } catch (error) {
          throw error instanceof ValueError ? new CellError(index, error) : error;
        }
      }
    },
    write({ from, to, row }, out, cursors) {
      const bytes = new Uint8Array(out.buffer);
      for (let index = from; index < to; index++, row++) {
        const at = cursors[row] ?? 0;
        const found = encoded[row];
        out.setInt32(at, found ? found.length : -1);
        if (found) bytes.set(found, at + 4);
        cursors[row] = at + 4 + (found?.length ?? 0);
      }
    },
  };
}

function valueAt(values: Values, place: number): unknown {
  if (place < 0) return undefined;
  return isTexts(values) ? textAt(values, place) : values[place];
}

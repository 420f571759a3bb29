import { makeData, type DataType } from 'apache-arrow';
import type { ColumnBuffer } from './column-buffer.js';
import { validity } from './validity.js';

/** units that are written by hand sooner than by a call; a list of strings to be joined would outlive its records */
const byHand = 64;

/** VARCHAR and SUPER: bytes in one run, with offsets */
export function textBuffer(type: DataType): ColumnBuffer & { add(value: string): void } {
  let bytes = Buffer.allocUnsafe(65_536);
  let offsets = new Int32Array(1);
  const valid = validity();
  let length = 0;
  let end = 0;

  function makeRoom(size: number): void {
    if (end + size <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, end + size));
    bytes.copy(larger, 0, 0, end);
    bytes = larger;
  }

  function add(value: string): void {
    const units = value.length;
    makeRoom(units * 3);
    const to = bytes;
    const begin = end;
    let all = units > byHand ? 0x80 : 0;
    for (let at = 0; at < units && all < 0x80; at++) {
      const unit = value.charCodeAt(at);
      to[begin + at] = unit;
      all |= unit;
    }
    end += all < 0x80 ? units : to.write(value, begin);
    offsets[++length] = end;
  }

  return {
    add,
    code: (column, value) => `${column}.add(${value});`,
    setNull(at) {
      valid.clear(at);
      add('');
    },
    reserve(rows) {
      const larger = new Int32Array(rows + 1);
      larger.set(offsets);
      offsets = larger;
    },
    finish() {
      const valueOffsets = offsets.subarray(0, length + 1);
      return makeData({ type, length, ...valid.finish(length), valueOffsets, data: bytes.subarray(0, end) } as never);
    },
    reset() {
      valid.reset();
      length = end = 0;
    },
  };
}

import { makeData, type DataType } from 'apache-arrow';
import type { ColumnBuffer } from './buffer.js';
import { validity } from './validity.js';

/** texts that are written at once: a call a text costs more than the text, and what waits longer outlives its record */
const together = 64;
const togetherUnits = 8_192;

/** VARCHAR and SUPER: bytes in one run, with offsets */
export function textBuffer(type: DataType): ColumnBuffer & { add(value: string): void } {
  let bytes = Buffer.allocUnsafe(65_536);
  let offsets = new Int32Array(1);
  const valid = validity();
  let length = 0;
  let end = 0;
  let waiting: string[] = [];
  /** of those that wait, in UTF-16 */
  let units = 0;

  function makeRoom(size: number): void {
    if (end + size <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, end + size));
    bytes.copy(larger, 0, 0, end);
    bytes = larger;
  }

  function add(value: string): void {
    waiting.push(value);
    units += value.length;
    if (waiting.length === together || units >= togetherUnits) write();
  }

  function write(): void {
    makeRoom(units * 3);
    const isAscii = bytes.write(waiting.join(''), end) === units;
    for (const value of waiting) offsets[++length] = end += isAscii ? value.length : Buffer.byteLength(value);
    // no text outlives its writing, however long it is
    waiting = [];
    units = 0;
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
      write();
      const valueOffsets = offsets.subarray(0, length + 1);
      return makeData({ type, length, ...valid.finish(length), valueOffsets, data: bytes.subarray(0, end) } as never);
    },
    reset() {
      valid.reset();
      length = end = 0;
    },
  };
}

import { makeData, type DataType } from 'apache-arrow';
import type { ColumnBuffer } from './column-buffer.js';
import { validity } from './validity.js';

/** strings are joined by so many, or so long, and encoded in one call: a quarter of the time of one call each */
const joinedStrings = 512;
const joinedUnits = 65_536;

/** VARCHAR and SUPER: bytes in one run, with offsets */
export function textBuffer(type: DataType): ColumnBuffer & { add(value: string): void } {
  let bytes = Buffer.allocUnsafe(65_536);
  let offsets = new Int32Array(1);
  const valid = validity();
  const waiting: string[] = [];
  let length = 0;
  let end = 0;
  let waitingUnits = 0;

  function makeRoom(size: number): void {
    if (end + size <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, end + size));
    bytes.copy(larger, 0, 0, end);
    bytes = larger;
  }

  function encodeWaiting(): void {
    if (waiting.length === 0) return;
    const text = waiting.join('');
    makeRoom(text.length * 3);
    const isAscii = bytes.write(text, end) === text.length;
    let at = length - waiting.length;
    for (const value of waiting) {
      end += isAscii ? value.length : Buffer.byteLength(value);
      offsets[++at] = end;
    }
    waiting.length = 0;
    waitingUnits = 0;
  }

  function add(value: string): void {
    waiting.push(value);
    waitingUnits += value.length;
    length++;
    if (waiting.length === joinedStrings || waitingUnits >= joinedUnits) encodeWaiting();
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
      encodeWaiting();
      const valueOffsets = offsets.subarray(0, length + 1);
      return makeData({ type, length, ...valid.finish(length), valueOffsets, data: bytes.subarray(0, end) } as never);
    },
    reset() {
      valid.reset();
      waiting.length = 0;
      length = end = waitingUnits = 0;
    },
  };
}

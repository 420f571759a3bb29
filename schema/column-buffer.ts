import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Float64,
  Int16,
  Int32,
  Int64,
  makeData,
  TimestampMicrosecond,
  Utf8,
  type Data,
  type DataType,
} from 'apache-arrow';
import type { ColumnType } from '../model/columns.js';
import type { Stored } from './encode.js';
import { textBuffer } from './text-buffer.js';
import { validity } from './validity.js';

/** grows typed arrays by hand: half the time of Arrow's per-value builders */
export interface ColumnBuffer {
  append(value: Stored): void;
  /** the values as Arrow data over this buffer's own memory: valid until `reset` */
  finish(): Data;
  /** empties it; its memory is kept for the next rows */
  reset(): void;
}

export function arrowType(type: ColumnType): DataType {
  switch (type.kind) {
    case 'smallint':
      return new Int16();
    case 'integer':
      return new Int32();
    case 'bigint':
      return new Int64();
    case 'double':
      return new Float64();
    case 'boolean':
      return new Bool();
    case 'date':
      return new DateDay();
    case 'timestamp':
      return new TimestampMicrosecond();
    case 'timestamptz':
      return new TimestampMicrosecond('UTC');
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128);
    case 'varchar':
      return new Utf8();
    case 'super':
      return new Binary();
  }
}

export function columnBuffer(type: ColumnType): ColumnBuffer {
  const arrow = arrowType(type);
  switch (type.kind) {
    case 'smallint':
      return fixed(arrow, Int16Array, 1, (array, at, value) => (array[at] = value as number));
    case 'integer':
    case 'date':
      return fixed(arrow, Int32Array, 1, (array, at, value) => (array[at] = value as number));
    case 'double':
      return fixed(arrow, Float64Array, 1, (array, at, value) => (array[at] = value as number));
    case 'bigint':
    case 'timestamp':
    case 'timestamptz':
      return fixed(arrow, Int32Array, 2, setInt64);
    case 'decimal':
      return fixed(arrow, Int32Array, 4, setInt128);
    case 'boolean':
      return fixed(arrow, Uint8Array, 1 / 8, setBit);
    case 'varchar':
    case 'super':
      return textBuffer(arrow);
  }
}

type Typed = Int16Array | Int32Array | Float64Array | Uint8Array;

/** `width`: array elements a value */
function fixed<T extends Typed>(
  type: DataType,
  make: new (length: number) => T,
  width: number,
  set: (array: T, at: number, value: Stored) => unknown,
): ColumnBuffer {
  let capacity = 1024;
  let values = new make(capacity * width);
  const valid = validity();
  let length = 0;
  function grow() {
    const larger = new make((capacity *= 2) * width);
    (larger as { set(from: T): void }).set(values);
    values = larger;
  }
  return {
    append(value) {
      if (length === capacity) grow();
      if (value === null) valid.clear(length);
      else set(values, length, value);
      length++;
    },
    finish: () =>
      makeData({ type, length, ...valid.finish(length), data: values.subarray(0, Math.ceil(length * width)) } as never),
    reset() {
      values.fill(0);
      valid.reset();
      length = 0;
    },
  };
}

const two32 = 0x1_0000_0000;

/** a number within 2^53, or a bigint, as two little-endian words */
function setInt64(words: Int32Array, at: number, value: Stored): void {
  if (typeof value === 'number') {
    const high = Math.floor(value / two32);
    words[at * 2] = value - high * two32;
    words[at * 2 + 1] = high;
  } else {
    words[at * 2] = Number(BigInt.asIntN(32, value as bigint));
    words[at * 2 + 1] = Number((value as bigint) >> 32n);
  }
}

function setInt128(words: Int32Array, at: number, value: Stored): void {
  if (typeof value === 'number') {
    setInt64(words, at * 2, value);
    words[at * 4 + 2] = words[at * 4 + 3] = value < 0 ? -1 : 0;
  } else {
    for (let word = 0; word < 4; word++) {
      words[at * 4 + word] = Number(BigInt.asIntN(32, (value as bigint) >> BigInt(32 * word)));
    }
  }
}

function setBit(bits: Uint8Array, at: number, value: Stored): void {
  if (value) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
}

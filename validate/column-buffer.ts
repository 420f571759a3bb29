import type { ColumnBuffer } from './buffer.js';
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
  type DataType,
} from 'apache-arrow';
import type { ColumnType } from '../model/columns.js';
import type { Stored } from './encode.js';
import { textBuffer } from './text-buffer.js';
import { validity } from './validity.js';

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
      return fixed(arrow, Int16Array, 1, setNumber);
    case 'integer':
    case 'date':
      return fixed(arrow, Int32Array, 1, setNumber);
    case 'double':
      return fixed(arrow, Float64Array, 1, setNumber);
    case 'bigint':
    case 'timestamp':
    case 'timestamptz':
      return fixed(arrow, Int32Array, 2, (column, value) => `setInt64(${column}.values, at, ${value});`);
    case 'decimal':
      return fixed(arrow, Int32Array, 4, (column, value) => `setInt128(${column}.values, at, ${value});`);
    case 'boolean':
      return fixed(arrow, Uint8Array, 1 / 8, (column, value) => `if (${value}) setBit(${column}.values, at);`);
    case 'varchar':
    case 'super':
      return textBuffer(arrow);
  }
}

const setNumber: ColumnBuffer['code'] = (column, value) => `${column}.values[at] = ${value};`;

type Typed = Int16Array | Int32Array | Float64Array | Uint8Array;

/** `width`: array elements a value */
function fixed<T extends Typed>(
  type: DataType,
  make: new (length: number) => T,
  width: number,
  code: ColumnBuffer['code'],
): ColumnBuffer & { values: T } {
  const valid = validity();
  return {
    values: new make(0),
    code,
    setNull: valid.clear,
    reserve(rows) {
      const larger = new make(Math.ceil(rows * width));
      (larger as { set(from: T): void }).set(this.values);
      this.values = larger;
    },
    finish(rows) {
      const data = this.values.subarray(0, Math.ceil(rows * width));
      return makeData({ type, length: rows, ...valid.finish(rows), data } as never);
    },
    reset() {
      this.values.fill(0);
      valid.reset();
    },
  };
}

const two32 = 0x1_0000_0000;

/** a number within 2^53, or a bigint, as two little-endian words */
export function setInt64(words: Int32Array, at: number, value: Stored): void {
  if (typeof value === 'number') {
    const high = Math.floor(value / two32);
    words[at * 2] = value - high * two32;
    words[at * 2 + 1] = high;
  } else {
    words[at * 2] = Number(BigInt.asIntN(32, value as bigint));
    words[at * 2 + 1] = Number((value as bigint) >> 32n);
  }
}

export function setInt128(words: Int32Array, at: number, value: Stored): void {
  if (typeof value === 'number') {
    setInt64(words, at * 2, value);
    words[at * 4 + 2] = words[at * 4 + 3] = value < 0 ? -1 : 0;
  } else {
    for (let word = 0; word < 4; word++) {
      words[at * 4 + word] = Number(BigInt.asIntN(32, (value as bigint) >> BigInt(32 * word)));
    }
  }
}

export function setBit(bits: Uint8Array, at: number): void {
  bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
}

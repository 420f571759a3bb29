import type { SchemaElement } from 'hyparquet';
import { CellError } from './cell-error.js';
import { binaryNumeric } from './binary-numeric.js';
import { tooLong, ValueError } from './load-errors.js';
import { kindOf, type Kind } from './parquet-kinds.js';
import { jsonText } from './json-text.js';
import type { TargetColumn } from './target-columns.js';

/**
 * one column of PostgreSQL's binary COPY format, written column by column into rows that lie end to end:
 * `measure` adds the bytes of each cell to its row, `write` puts the cell at its row's cursor and moves that on
 */
export interface BinaryColumn {
  measure(values: Values, from: number, to: number, sizes: Int32Array, row: number): void;
  write(
    values: Values,
    from: number,
    to: number,
    out: DataView,
    bytes: Uint8Array,
    cursors: Int32Array,
    row: number,
  ): void;
}

/** as the reader gives them: a typed array where no value is missing */
export type Values = ArrayLike<unknown>;

const postgresEpochDays = 10_957;
const postgresEpochMicros = 946_684_800_000_000n;
const julianDayOfEpoch = 2_440_588n;
const farDays = 100_000_000;

/** Parquet type -> the one kind of Redshift column it may go into; undefined: into no such column */
export function binaryColumn(
  element: SchemaElement,
  column: TargetColumn,
  serializeToJson: boolean,
): BinaryColumn | undefined {
  const kind = kindOf(element);
  if (column.type === 'super') {
    if (kind.name !== 'string' && !serializeToJson) return undefined;
    return sized(superBytes(kind), column);
  }
  switch (kind.name) {
    case 'timestamp': {
      if (!isTimestamp(column)) return undefined;
      const factor = BigInt(kind.factor);
      if (factor === 1n) return fixed(8, column, putMicros);
      return fixed(8, column, (out, at, value: bigint) => putMicros(out, at, value * factor));
    }
    case 'int96':
      return isTimestamp(column)
        ? fixed(8, column, (out, at, value: bigint) => out.setBigInt64(at, int96Micros(value) - postgresEpochMicros))
        : undefined;
    case 'numeric': {
      const { precision, scale } = kind;
      if (column.type !== 'numeric' || column.precision !== precision || column.scale !== scale) return undefined;
      return sized((value) => binaryNumeric(unscaled(value), scale), column);
    }
    case 'string':
      if (column.type === 'character') return sized(asciiBytes, column);
      return column.type === 'character varying' ? sized((value) => value as Uint8Array, column) : undefined;
    case 'binary':
      return column.type === 'binary varying' ? sized((value) => value as Uint8Array, column) : undefined;
    case 'boolean':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double precision':
    case 'date': {
      const { width, put } = scalars[kind.name];
      return column.type === kind.name ? fixed(width, column, put) : undefined;
    }
    default:
      return undefined;
  }
}

/** the wrap tells the compiler that 64 bits are enough */
const putMicros = (out: DataView, at: number, value: bigint) =>
  out.setBigInt64(at, BigInt.asIntN(64, value - postgresEpochMicros));

const isTimestamp = ({ type }: TargetColumn) =>
  type === 'timestamp without time zone' || type === 'timestamp with time zone';

interface Scalar {
  width: number;
  put(out: DataView, at: number, value: never): void;
}

const scalars: Record<'boolean' | 'smallint' | 'integer' | 'bigint' | 'real' | 'double precision' | 'date', Scalar> = {
  boolean: { width: 1, put: (out: DataView, at: number, value: boolean) => out.setUint8(at, value ? 1 : 0) },
  smallint: { width: 2, put: (out: DataView, at: number, value: number) => out.setInt16(at, value) },
  integer: { width: 4, put: (out: DataView, at: number, value: number) => out.setInt32(at, value) },
  bigint: { width: 8, put: (out: DataView, at: number, value: bigint) => out.setBigInt64(at, value) },
  real: { width: 4, put: (out: DataView, at: number, value: number) => out.setFloat32(at, value) },
  'double precision': { width: 8, put: (out: DataView, at: number, value: number) => out.setFloat64(at, value) },
  date: {
    width: 4,
    put(out: DataView, at: number, value: number) {
      if (Math.abs(value) > farDays)
        throw new ValueError(1205, `Invalid Date Format - length must be 10 or more: ${value} days`);
      out.setInt32(at, value - postgresEpochDays);
    },
  },
};

function int96Micros(value: bigint): bigint {
  const days = (value >> 64n) - julianDayOfEpoch;
  return days * 86_400_000_000n + (value & 0xffff_ffff_ffff_ffffn) / 1000n;
}

const unscaled = (value: unknown): bigint =>
  value instanceof Uint8Array
    ? BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex') || '0'}`))
    : BigInt(value as bigint | number);

function missing(index: number): CellError {
  return new CellError(index, new ValueError(1213, 'Missing data for not-null field'));
}

/** cells of one width */
function fixed<T>(
  width: number,
  { nullable }: TargetColumn,
  put: (out: DataView, at: number, value: T) => void,
): BinaryColumn {
  return {
    measure(values, from, to, sizes, row) {
      for (let index = from; index < to; index++, row++) {
        if (values[index] === undefined || values[index] === null) {
          if (!nullable) throw missing(index);
          sizes[row] = (sizes[row] ?? 0) + 4;
        } else sizes[row] = (sizes[row] ?? 0) + 4 + width;
      }
    },
    write(values, from, to, out, _bytes, cursors, row) {
      for (let index = from; index < to; index++, row++) {
        const value = values[index] as T | null | undefined;
        const at = cursors[row] ?? 0;
        if (value === undefined || value === null) {
          out.setInt32(at, -1);
          cursors[row] = at + 4;
          continue;
        }
        out.setInt32(at, width);
        try {
          put(out, at + 4, value);
        } catch (error) {
          throw error instanceof ValueError ? new CellError(index, error) : error;
        }
        cursors[row] = at + 4 + width;
      }
    },
  };
}

/** short values are copied faster by hand than by a call */
const shortBytes = 48;

/** cells of any width; `limit` is the column's length in bytes */
function sized(toBytes: (value: unknown) => Uint8Array, { nullable, bytes: limit, name }: TargetColumn): BinaryColumn {
  const most = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  const encoded: Uint8Array[] = [];
  return {
    measure(values, from, to, sizes, row) {
      for (let index = from; index < to; index++, row++) {
        const value = values[index];
        if (value === undefined || value === null) {
          if (!nullable) throw missing(index);
          sizes[row] = (sizes[row] ?? 0) + 4;
          continue;
        }
        try {
          const found = toBytes(value);
          if (found.length > most) throw tooLong(limit, found.length, name);
          encoded[row] = found;
          sizes[row] = (sizes[row] ?? 0) + 4 + found.length;
        } catch (error) {
          throw error instanceof ValueError ? new CellError(index, error) : error;
        }
      }
    },
    write(values, from, to, out, bytes, cursors, row) {
      for (let index = from; index < to; index++, row++) {
        const at = cursors[row] ?? 0;
        const found = values[index] === undefined || values[index] === null ? undefined : encoded[row];
        if (!found) {
          out.setInt32(at, -1);
          cursors[row] = at + 4;
          continue;
        }
        const { length } = found;
        out.setInt32(at, length);
        if (length > shortBytes) bytes.set(found, at + 4);
        else for (let byte = 0; byte < length; byte++) bytes[at + 4 + byte] = found[byte] ?? 0;
        cursors[row] = at + 4 + length;
      }
    },
  };
}

/** a CHAR takes single-byte characters only */
function asciiBytes(value: unknown): Uint8Array {
  const bytes = value as Uint8Array;
  const wide = bytes.findIndex((byte) => byte > 127);
  if (wide < 0) return bytes;
  const invalid = Buffer.from(bytes.subarray(wide, wide + 4)).toString('hex');
  throw new ValueError(
    1220,
    `Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: ${invalid}`,
    wide,
  );
}

const jsonbVersion = 1;

/** the binary form of jsonb: a version, then the text; a string that holds JSON stays a string */
function superBytes(kind: Kind) {
  return (value: unknown): Uint8Array => {
    const text = jsonText(kind.name === 'string' ? Buffer.from(value as Uint8Array).toString('utf8') : value, kind);
    const bytes = Buffer.allocUnsafe(Buffer.byteLength(text) + 1);
    bytes[0] = jsonbVersion;
    bytes.write(text, 1);
    return bytes;
  };
}

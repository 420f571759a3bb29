import type { SchemaElement } from 'hyparquet';
import type { BinaryColumn } from './binary-column.js';
import { fixed, halves } from './binary-fixed.js';
import { binaryNumeric } from './binary-numeric.js';
import { sized, texts } from './binary-sized.js';
import { ValueError } from './load-errors.js';
import { kindOf, type Kind } from './parquet-kinds.js';
import { jsonText } from './json-text.js';
import { fitSuper } from './super-limits.js';
import type { TargetColumn } from './target-columns.js';

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
    return sized(superBytes(kind, column), column);
  }
  switch (kind.name) {
    case 'timestamp': {
      if (!isTimestamp(column)) return undefined;
      const factor = BigInt(kind.factor);
      if (factor === 1n) return halves(column, postgresEpochMicros);
      return fixed(8, column, (out, at, value: bigint) => out.setBigInt64(at, value * factor - postgresEpochMicros));
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
      return column.type === 'character varying' ? texts(column) : undefined;
    case 'binary':
      return column.type === 'binary varying' ? texts(column) : undefined;
    case 'bigint':
    case 'double precision':
      return column.type === kind.name ? halves(column) : undefined;
    case 'boolean':
    case 'smallint':
    case 'integer':
    case 'real':
    case 'date': {
      const { width, put } = scalars[kind.name];
      return column.type === kind.name ? fixed(width, column, put) : undefined;
    }
    default:
      return undefined;
  }
}

const isTimestamp = ({ type }: TargetColumn) =>
  type === 'timestamp without time zone' || type === 'timestamp with time zone';

interface Scalar {
  width: number;
  put(out: DataView, at: number, value: never): void;
}

const scalars: Record<'boolean' | 'smallint' | 'integer' | 'real' | 'date', Scalar> = {
  boolean: { width: 1, put: (out: DataView, at: number, value: boolean) => out.setUint8(at, value ? 1 : 0) },
  smallint: { width: 2, put: (out: DataView, at: number, value: number) => out.setInt16(at, value) },
  integer: { width: 4, put: (out: DataView, at: number, value: number) => out.setInt32(at, value) },
  real: { width: 4, put: (out: DataView, at: number, value: number) => out.setFloat32(at, value) },
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
function superBytes(kind: Kind, column: TargetColumn) {
  return (value: unknown): Uint8Array => {
    const json = jsonText(kind.name === 'string' ? Buffer.from(value as Uint8Array).toString('utf8') : value, kind);
    const text = fitSuper(json, column);
    const bytes = Buffer.allocUnsafe(Buffer.byteLength(text) + 1);
    bytes[0] = jsonbVersion;
    bytes.write(text, 1);
    return bytes;
  };
}

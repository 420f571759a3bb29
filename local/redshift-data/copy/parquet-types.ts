import type { SchemaElement } from 'hyparquet';

/** a column of the target as svv_columns describes it */
export interface TargetColumn {
  name: string;
  type: string;
  /** bytes of a VARCHAR, CHAR or VARBYTE */
  bytes: number;
  precision: number;
  scale: number;
  nullable: boolean;
}

/** a value that does not fit its column */
export class ValueError extends Error {}

export type Encode = (value: unknown) => string;

const big = (value: unknown) => (typeof value === 'bigint' ? value : BigInt(Number(value)));

/** Parquet type -> the one kind of Redshift column it may go into, and how its values become COPY text */
export function encoderOf(element: SchemaElement, column: TargetColumn): Encode | undefined {
  const kind = kindOf(element);
  switch (kind.name) {
    case 'boolean':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return column.type === kind.name ? String : undefined;
    case 'real':
    case 'double precision':
      return column.type === kind.name ? float : undefined;
    case 'date':
      return column.type === 'date' ? date : undefined;
    case 'timestamp':
      if (!column.type.startsWith('timestamp')) return undefined;
      return (value) => timestamp(big(value) * kind.factor) + (column.type.endsWith(' with time zone') ? '+00' : '');
    case 'numeric':
      if (column.type !== 'numeric' || column.scale !== kind.scale || column.precision !== kind.precision)
        return undefined;
      return (value) => decimal(value, kind.scale);
    case 'string':
      if (column.type === 'super') return (value) => escape(JSON.stringify(utf8(value)));
      if (column.type !== 'character varying' && column.type !== 'character') return undefined;
      return (value) => escape(utf8(value, column.bytes));
    case 'binary':
      return column.type === 'binary varying' ? (value) => hex(value, column.bytes) : undefined;
    default:
      return undefined;
  }
}

type Kind =
  | {
      name:
        | 'boolean'
        | 'smallint'
        | 'integer'
        | 'bigint'
        | 'real'
        | 'double precision'
        | 'date'
        | 'string'
        | 'binary'
        | 'none';
    }
  | { name: 'timestamp'; factor: bigint }
  | { name: 'numeric'; precision: number; scale: number };

function kindOf({
  type,
  converted_type: converted,
  logical_type: logical,
  precision = 0,
  scale = 0,
}: SchemaElement): Kind {
  const annotation = logical?.type;
  if (converted === 'DECIMAL' || annotation === 'DECIMAL') return { name: 'numeric', precision, scale };
  if (type === 'BOOLEAN') return { name: 'boolean' };
  if (type === 'FLOAT') return { name: 'real' };
  if (type === 'DOUBLE') return { name: 'double precision' };
  if (type === 'INT32') {
    if (converted === 'DATE' || annotation === 'DATE') return { name: 'date' };
    if (converted === 'INT_8' || converted === 'INT_16') return { name: 'smallint' };
    return { name: converted === undefined || converted === 'INT_32' ? 'integer' : 'none' };
  }
  if (type === 'INT64') {
    if (logical?.type === 'TIMESTAMP') {
      if (logical.unit === 'NANOS') return { name: 'none' };
      return { name: 'timestamp', factor: logical.unit === 'MILLIS' ? 1000n : 1n };
    }
    if (converted === 'TIMESTAMP_MICROS') return { name: 'timestamp', factor: 1n };
    if (converted === 'TIMESTAMP_MILLIS') return { name: 'timestamp', factor: 1000n };
    return { name: converted === undefined || converted === 'INT_64' ? 'bigint' : 'none' };
  }
  if (type === 'BYTE_ARRAY') {
    if (converted === 'UTF8' || converted === 'JSON' || converted === 'ENUM' || annotation === 'STRING')
      return { name: 'string' };
    return { name: converted === undefined && annotation === undefined ? 'binary' : 'none' };
  }
  return { name: 'none' };
}

/** as an error names it: `INT64 (TIMESTAMP)` */
export const describe = ({
  type,
  converted_type: converted,
  logical_type: logical,
  repetition_type: repetition,
}: SchemaElement) =>
  `${repetition === 'OPTIONAL' ? 'optional ' : ''}${type ?? 'group'}${logical || converted ? ` (${logical?.type ?? converted})` : ''}`;

function float(value: unknown): string {
  const number = Number(value);
  return Number.isFinite(number)
    ? String(number)
    : Number.isNaN(number)
      ? 'NaN'
      : number > 0
        ? 'Infinity'
        : '-Infinity';
}

const dayMs = 86_400_000;
const date = (days: unknown) => isoDate(Number(days) * dayMs);

function isoDate(ms: number): string {
  const day = new Date(ms);
  if (Number.isNaN(day.getTime())) throw new ValueError('the date is out of range');
  const year = day.getUTCFullYear();
  if (year < 1) throw new ValueError('years before 1 are not supported');
  return `${String(year).padStart(4, '0')}-${day.toISOString().slice(-19, -14)}`;
}

function timestamp(micros: bigint): string {
  const part = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const ms = Number((micros - part) / 1000n);
  const day = isoDate(ms);
  return `${day} ${new Date(ms).toISOString().slice(-13, -5)}.${String(part).padStart(6, '0')}`;
}

function decimal(value: unknown, scale: number): string {
  const digits =
    value instanceof Uint8Array
      ? BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex') || '0'}`))
      : big(value);
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const split = text.length - scale;
  return `${digits < 0n ? '-' : ''}${text.slice(0, split)}${scale > 0 ? `.${text.slice(split)}` : ''}`;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(value: unknown, limit = Number.POSITIVE_INFINITY): string {
  const bytes = value as Uint8Array;
  if (bytes.length > limit) {
    throw new ValueError(
      `the length of the data is longer than the length defined in the table. Table: ${limit}, Data: ${bytes.length}`,
    );
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    throw new ValueError('the bytes are not valid UTF-8', { cause: error });
  }
  if (text.includes('\0')) throw new ValueError('the text has a U+0000');
  return text;
}

function hex(value: unknown, limit: number): string {
  const bytes = value as Uint8Array;
  if (bytes.length > limit) {
    throw new ValueError(
      `the length of the data is longer than the length defined in the table. Table: ${limit}, Data: ${bytes.length}`,
    );
  }
  return `\\\\x${Buffer.from(bytes).toString('hex')}`;
}

const special: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escape = (text: string) =>
  /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (found) => special[found] ?? found) : text;

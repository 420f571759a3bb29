import type { Column, ColumnType } from '../model/columns.js';
import {
  digitsOf,
  maxDepth,
  maxSuperBytes,
  maxSuperTextBytes,
  pointerName,
  pointerTo,
  type Digits,
} from '../model/digits.js';
import { exactNumber, wholeNumber } from '../model/exact-number.js';

/** what a column stores: micros for times, days for dates, unscaled integers for decimals, JSON text for SUPER */
export type Stored = number | bigint | boolean | string | null;

/** why a value that the schema accepts has no place in its column */
export class Unstorable extends Error {}

/** `digits` are those of the record's numbers that a double rounds */
export type Encode = (value: unknown, digits?: Digits) => Stored;

/** a function from a validated value to what the column stores; throws Unstorable */
export function encoder(column: Column, superTextBytes = maxSuperTextBytes): Encode {
  const encode = notNull(column, superTextBytes);
  return (value, digits) => {
    if (value !== null && value !== undefined) return encode(value, digits);
    if (!column.nullable) throw new Unstorable('is missing');
    return null;
  };
}

function notNull({ type, path }: Column, superTextBytes: number): Encode {
  const pointer = pointerTo(path);
  switch (type.kind) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return (value, digits) => whole(value, digitsOf(value, pointer, digits));
    case 'double':
      return (value) => (typeof value === 'bigint' ? heldExactly(value) : (value as number));
    case 'boolean':
      return (value) => value as boolean;
    case 'varchar':
      return (value) => text(String(value), type.bytes);
    case 'date':
      return (value) => day(String(value));
    case 'timestamp':
    case 'timestamptz':
      return (value, digits) => inYears(instant(value, digitsOf(value, pointer, digits), epochOf(type)), value);
    case 'decimal':
      return (value, digits) => unscaled(digitsOf(value, pointer, digits) ?? String(value), type.precision, type.scale);
    case 'super':
      return (value, digits) => sized(canonicalJson(value, digits, pointer, superTextBytes), maxSuperBytes);
  }
}

function text(value: string, maxBytes: number): string {
  if (!value.isWellFormed()) throw new Unstorable('holds a lone surrogate');
  if (value.includes('\0')) throw new Unstorable('holds U+0000');
  return sized(value, maxBytes);
}

function sized(value: string, maxBytes: number): string {
  const bytes = value.length * 3 <= maxBytes ? 0 : Buffer.byteLength(value);
  if (bytes > maxBytes) throw new Unstorable(`is ${bytes} bytes long, the column takes ${maxBytes}`);
  return value;
}

/** days since 1970 of an ISO date, in the years of a time */
function day(value: string): number {
  const days = Date.parse(`${value}T00:00:00Z`) / 86_400_000;
  if (days >= firstDay && days <= lastDay) return days;
  throw new Unstorable(`lies outside of the years 1 to 9999: ${shown(value)}`);
}

const firstDay = -719_162;
const lastDay = 2_932_896;

function epochOf(type: ColumnType): 'seconds' | undefined {
  return type.kind === 'timestamp' ? type.epoch : undefined;
}

/** microseconds since 1970 */
function instant(value: unknown, digits: string | undefined, epoch: 'seconds' | undefined): bigint {
  if (typeof value === 'string' && !epoch) return micros(value);
  const number = exactNumber(digits ?? String(value));
  if (!number) throw new Unstorable(`is not a number of seconds: ${shown(String(value))}`);
  const zeros = number.power + (epoch ? 6 : 3);
  if (number.digits === '') return 0n;
  if (zeros < 0) throw new Unstorable(`is finer than a microsecond: ${shown(digits ?? String(value))}`);
  // beyond any year, and no text of so many zeros is made
  if (number.digits.length + zeros > 20) return lastMicro + 1n;
  return BigInt(`${number.sign}${number.digits}${'0'.repeat(zeros)}`);
}

/** of an ISO time; one without a zone is UTC */
function micros(value: string): bigint {
  const match = /^(.*?)(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2})?$/.exec(value);
  const fraction = match?.[2] ?? '';
  const seconds = Date.parse(`${match?.[1]}${match?.[3] ?? 'Z'}`);
  if (!match || Number.isNaN(seconds)) throw new Unstorable(`is not a time: ${value}`);
  if (/[1-9]/.test(fraction.slice(6))) throw new Unstorable(`is finer than a microsecond: ${value}`);
  return BigInt(seconds) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

/** what every reader of a time takes: years 1 to 9999, in UTC */
function inYears(micros: bigint, value: unknown): bigint {
  if (micros < firstMicro || micros > lastMicro) {
    throw new Unstorable(`lies outside of the years 1 to 9999 in UTC: ${String(value)}`);
  }
  return micros;
}

const firstMicro = -62_135_596_800_000_000n;
const lastMicro = 253_402_300_799_999_999n;

/** of a validated integer: what a double rounds comes as bigint, or with its digits beside */
function whole(value: unknown, digits: string | undefined): number | bigint {
  if (digits === undefined && Number.isSafeInteger(value)) return value as number;
  const exact = wholeNumber(digits ?? String(value));
  if (exact === undefined) throw new Unstorable(`is not a whole number: ${shown(digits ?? String(value))}`);
  if (BigInt.asIntN(64, exact) !== exact) throw new Unstorable(`has more than 64 bits: ${shown(String(exact))}`);
  return exact;
}

function heldExactly(value: bigint): number {
  const double = Number(value);
  if (BigInt(double) === value) return double;
  throw new Unstorable(
    `is an integer that a double rounds: ${shown(String(value))}; z.int() keeps 64 bits, .meta({ decimal: [38, 0] }) 38 digits`,
  );
}

/** the digits are counted before any are written: 1e999999999 costs nothing */
function unscaled(value: string, precision: number, scale: number): bigint {
  const number = exactNumber(value);
  if (!number) throw new Unstorable(`is not a decimal number: ${shown(value)}`);
  const { sign, digits, power } = number;
  if (digits === '') return 0n;
  const zeros = power + scale;
  if (zeros < 0) throw new Unstorable(`has more than ${scale} decimals: ${shown(value)}`);
  if (digits.length + zeros > precision) {
    throw new Unstorable(`has more than ${precision - scale} digits before the point: ${shown(value)}`);
  }
  return BigInt(`${sign}${digits}${'0'.repeat(zeros)}`);
}

/** a reason is kept with its record: a text may be of any length */
function shown(value: string): string {
  return value.length <= 60 ? value : `${value.slice(0, 60)}...`;
}

/** JSON with sorted keys: the order in which a source writes them is no difference; throws Unstorable */
function canonicalJson(value: unknown, digits: Digits | undefined, path: string, most: number, depth = 0): string {
  if (typeof value === 'string') return jsonText(value, most);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Unstorable('holds a number beyond the range of a double');
    const written = digitsOf(value, path, digits);
    if (value === 0 && written) throw new Unstorable('holds a number beyond the range of a double');
    return written ?? String(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (depth === maxDepth) throw new Unstorable(`is nested deeper than ${maxDepth} levels`);
  let text = '';
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      if (at > 0) text += ',';
      text += canonicalJson(value[at], digits, digits ? `${path}/${at}` : '', most, depth + 1);
    }
    return `[${text}]`;
  }
  if (value instanceof Date) return JSON.stringify(value);
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    if (text !== '') text += ',';
    const inner = digits ? `${path}/${pointerName(name)}` : '';
    text += `${jsonText(name, most)}:${canonicalJson(member, digits, inner, most, depth + 1)}`;
  }
  return `{${text}}`;
}

/** most texts need no escape: looking is faster than JSON.stringify */
const plainText = /^[ !#-[\]-~]{0,64}$/;

function jsonText(text: string, most: number): string {
  return plainText.test(text) ? `"${text}"` : JSON.stringify(inJson(text, most));
}

/** JSON writes these as escapes, which the warehouse then refuses with the whole load */
function inJson(text: string, most: number): string {
  if (!text.isWellFormed()) throw new Unstorable('holds a lone surrogate');
  if (text.includes('\0')) throw new Unstorable('holds U+0000');
  if (text.length * 3 > most && Buffer.byteLength(text) > most) {
    throw new Unstorable(`holds a text of ${Buffer.byteLength(text)} bytes, SUPER takes ${most}`);
  }
  return text;
}

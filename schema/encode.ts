import type { Column } from '../model/columns.js';

/** what a column stores: micros for times, days for dates, unscaled integers for decimals, JSON text for SUPER */
export type Stored = number | bigint | boolean | string | null;

/** why a value that the schema accepts has no place in its column */
export class Unstorable extends Error {}

export type Encode = (value: unknown) => Stored;

/** a function from a validated value to what the column stores; throws Unstorable */
export function encoder(column: Column): Encode {
  const encode = notNull(column);
  return (value) => {
    if (value !== null && value !== undefined) return encode(value);
    if (!column.nullable) throw new Unstorable('is missing');
    return null;
  };
}

function notNull({ type }: Column): Encode {
  switch (type.kind) {
    case 'smallint':
    case 'integer':
    case 'double':
      return (value) => value as number;
    case 'bigint':
      return (value) => value as number | bigint;
    case 'boolean':
      return (value) => value as boolean;
    case 'varchar':
      return (value) => text(String(value), type.bytes);
    case 'date':
      return (value) => Date.parse(`${String(value)}T00:00:00Z`) / 86_400_000;
    case 'timestamp':
    case 'timestamptz':
      return (value) => (typeof value === 'number' ? BigInt(value) * 1000n : micros(String(value)));
    case 'decimal':
      return (value) => unscaled(String(value), type.precision, type.scale);
    case 'super':
      return (value) => text(canonicalJson(value), 1_024_000);
  }
}

function text(value: string, maxBytes: number): string {
  if (!value.isWellFormed()) throw new Unstorable('holds a lone surrogate');
  if (value.includes('\0')) throw new Unstorable('holds U+0000');
  const bytes = value.length * 3 <= maxBytes ? 0 : Buffer.byteLength(value);
  if (bytes > maxBytes) throw new Unstorable(`is ${bytes} bytes long, the column takes ${maxBytes}`);
  return value;
}

/** microseconds since 1970 of an ISO time */
function micros(value: string): bigint {
  const match = /^(.*?)(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2})$/.exec(value);
  const fraction = match?.[2] ?? '';
  const seconds = Date.parse(`${match?.[1]}${match?.[3]}`);
  if (!match || Number.isNaN(seconds)) throw new Unstorable(`is no time: ${value}`);
  if (/[1-9]/.test(fraction.slice(6))) throw new Unstorable(`is finer than a microsecond: ${value}`);
  return BigInt(seconds) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

function unscaled(value: string, precision: number, scale: number): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (!match) throw new Unstorable(`is no decimal number: ${value}`);
  const [, sign, whole = '', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(scale))) throw new Unstorable(`has more than ${scale} decimals: ${value}`);
  const digits = `${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`.replace(/^0+(?=\d)/, '');
  if (digits.length > precision) throw new Unstorable(`has more than ${precision} digits: ${value}`);
  return BigInt(`${sign}${digits}`);
}

/** JSON with sorted keys: the order in which a source writes them is no difference */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );
}

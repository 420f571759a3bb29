import { Buffer } from 'node:buffer';
import type { CopyCommand } from '../sql/copy.js';
import { parseExact } from './exact-json.js';
import { ValueError } from './load-errors.js';
import { fitSuper } from './super-limits.js';
import type { TargetColumn } from './target-columns.js';
import { dateReader, timestampReader } from './text-times.js';

/** a field's text -> the text that PostgreSQL stores, or null */
export type Convert = (text: string) => string | null;

const ranges: Record<string, [label: string, low: bigint, high: bigint]> = {
  smallint: ['Short', -(2n ** 15n), 2n ** 15n - 1n],
  integer: ['Integer', -(2n ** 31n), 2n ** 31n - 1n],
  bigint: ['Long', -(2n ** 63n), 2n ** 63n - 1n],
};

export type FieldOptions = Pick<
  CopyCommand,
  | 'blanksAsNull'
  | 'emptyAsNull'
  | 'trimBlanks'
  | 'truncateColumns'
  | 'acceptAnyDate'
  | 'dateFormat'
  | 'timeFormat'
  | 'format'
  | 'roundScale'
>;

/** by Redshift's rules of conversion, not PostgreSQL's */
export function converter(column: TargetColumn, options: FieldOptions): Convert {
  if (column.type === 'character varying' || column.type === 'character') return text(column, options);
  const convert = typed(column, options);
  // an empty field of any other type is NULL, and so is one of blanks
  return (value) => (value.trim() === '' ? null : convert(value.trim()));
}

function typed(column: TargetColumn, options: FieldOptions): Convert {
  const { type } = column;
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return (value) => integer(value, type);
    case 'numeric':
      return (value) => decimal(value, column, options.roundScale);
    case 'real':
    case 'double precision':
      return float;
    case 'boolean':
      return boolean;
    case 'date':
      return orNull(options, dateReader(options.dateFormat));
    case 'timestamp without time zone':
    case 'timestamp with time zone':
      return orNull(options, timestampReader(options.timeFormat, type === 'timestamp with time zone'));
    case 'time without time zone':
    case 'time with time zone':
      return time;
    case 'super':
      return (value) => fitSuper(json(value, options), column);
    case 'binary varying':
      return (value) => hex(value, column);
    default:
      throw new Error(`COPY into column ${column.name}: type ${type} is not honoured here`);
  }
}

/** ACCEPTANYDATE loads what is no date as NULL */
const orNull =
  ({ acceptAnyDate }: FieldOptions, read: (value: string) => string): Convert =>
  (value) => {
    try {
      return read(value);
    } catch (error) {
      if (acceptAnyDate && error instanceof ValueError) return null;
      throw error;
    }
  };

function text(
  { bytes: limit, type }: TargetColumn,
  { blanksAsNull, emptyAsNull, trimBlanks, truncateColumns }: FieldOptions,
): Convert {
  return (value) => {
    if (emptyAsNull && value === '') return null;
    if (blanksAsNull && /^\s+$/.test(value)) return null;
    let found = trimBlanks && type === 'character varying' ? value.replace(/ +$/, '') : value;
    if (type === 'character') {
      const wide = found.search(/[^\0-\x7f]/);
      if (wide >= 0) {
        const invalid = Buffer.from(String.fromCodePoint(found.codePointAt(wide) ?? 0)).toString('hex');
        const reason = `Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: ${invalid.replace(/..(?=.)/g, '$& ')}`;
        throw new ValueError(1220, reason, wide);
      }
      // trailing blanks of a CHAR do not count
      if (found.length > limit) found = found.slice(0, limit) + found.slice(limit).replace(/ +$/, '');
    }
    if (found.length * 4 <= limit || Buffer.byteLength(found) <= limit) return found;
    if (truncateColumns) return cut(found, limit);
    throw new ValueError(1204, 'String length exceeds DDL length');
  };
}

/** as many whole characters as fit */
function cut(value: string, limit: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of value) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}

function integer(value: string, type: string): string {
  const [label, low, high] = ranges[type] ?? ['Integer', 0n, 0n];
  const wrong = /^[+-]?\d+$/.test(value)
    ? -1
    : value.search(/[^\d]/) === 0 && /^[+-]/.test(value)
      ? value.slice(1).search(/\D|$/) + 1
      : value.search(/\D|$/);
  if (wrong >= 0)
    throw new ValueError(1207, `Invalid digit, Value '${value[wrong] ?? ''}', Pos ${wrong}, Type: ${label}`, wrong);
  const number = BigInt(value.replace('+', ''));
  if (number < low || number > high) throw new ValueError(1222, `Overflow, Value '${value}', Type: ${label}`);
  return String(number);
}

/** COPY cuts what the scale does not hold; ROUNDEC rounds it */
function decimal(value: string, { precision, scale }: TargetColumn, round: boolean): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(value) ?? [];
  if (whole + fraction === '') throw new ValueError(1209, `Invalid digit, Value '${value[0]}', Pos 0, Type: Decimal`);
  const shift = fraction.length - Number(exponent);
  if (Math.abs(shift) > 400) throw new ValueError(1209, 'Numeric data overflow');
  const digits = BigInt(whole + fraction);
  let unscaled = shift > scale ? digits / 10n ** BigInt(shift - scale) : digits * 10n ** BigInt(scale - shift);
  if (round && shift > scale && (digits / 10n ** BigInt(shift - scale - 1)) % 10n >= 5n) unscaled += 1n;
  if (unscaled >= 10n ** BigInt(precision)) throw new ValueError(1209, 'Numeric data overflow (result precision)');
  const padded = String(unscaled).padStart(scale + 1, '0');
  const split = padded.length - scale;
  return `${sign === '-' && unscaled > 0n ? '-' : ''}${padded.slice(0, split)}${scale > 0 ? `.${padded.slice(split)}` : ''}`;
}

function float(value: string): string {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) {
    if (Number.isFinite(Number(value))) return value;
    throw new ValueError(1204, `Overflow, Value '${value}', Type: Float`);
  }
  if (/^[+-]?(nan|inf(inity)?)$/i.test(value)) return value.toLowerCase().replace(/inf$/, 'infinity').replace('+', '');
  throw new ValueError(1208, `Invalid character found in float: Value '${value}'`);
}

function boolean(value: string): string {
  if (/^(t|true|y|yes|1)$/i.test(value)) return 't';
  if (/^(f|false|n|no|0)$/i.test(value)) return 'f';
  throw new ValueError(1210, 'Unknown boolean format');
}

function time(value: string): string {
  if (/^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?$/.test(value)) return value;
  throw new ValueError(1206, 'Invalid time format or value [HH24:MI:SS]');
}

function json(value: string, { format }: FieldOptions): string {
  // JSON columns come from a document that was parsed
  if (format === 'json') return value;
  try {
    parseExact(value);
    return value;
  } catch (error) {
    throw new ValueError(
      1224,
      `Invalid JSON for the SUPER type: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function hex(value: string, { bytes: limit }: TargetColumn): string {
  if (value === '' || value.length % 2 === 1 || /[^\da-fA-F]/.test(value))
    throw new ValueError(1219, 'Invalid hexadecimal digit in VARBYTE');
  if (limit > 0 && value.length / 2 > limit) throw new ValueError(1204, 'Value length exceeds DDL length');
  return `\\x${value}`;
}

import type { ColumnType } from '../model/columns.js';
import type { Node } from './json-schema.js';

/** why a node has no column type, with the remedy */
export interface Refused {
  refused: string;
}

const superRemedy = '.meta({ super: true }) keeps any JSON in one SUPER column';

/** what zod has and JSON or a table has not */
const refusals: Record<string, string> = {
  any: `accepts anything: give it a type; ${superRemedy}`,
  unknown: `accepts anything: give it a type; ${superRemedy}`,
  transform:
    'ends in a transform, whose type is unknown: .transform(f).pipe(z.number()) says it, .overwrite(f) keeps the one before',
  date: 'is a Date, which JSON has not: use z.iso.datetime() or z.iso.date()',
  bigint:
    'is a bigint, which JSON has not: use z.int(), which takes 64 bits, or z.string().meta({ decimal: [19, 0] }) for text',
  map: 'is a Map, which JSON has not: use z.record(z.string(), ...), stored as SUPER',
  set: 'is a Set, which JSON has not: use z.array(...), stored as SUPER',
  null: 'is always null: use .nullable() on a type, or .meta({ column: false }) to leave it out',
  custom: 'is a custom check without a type: use one that has it, and .refine(check) on it',
  file: 'is a file, which JSON has not: use z.base64() for its text',
  promise: 'is a promise, which JSON has not: use the schema of its value',
};

const impossible = (kind: string) =>
  `is ${kind}, which no JSON value is: leave it out, or .meta({ column: false }) to declare it without storing it`;

export const refuse = (refused: string): Refused => ({ refused });

/** the column type of one value, null left aside */
export function columnType(node: Node): ColumnType | Refused {
  const type = plainType(node);
  if ('refused' in type) return type;
  const { bytes, timezone, epochMillis, epochSeconds, decimal } = node;
  if (bytes !== undefined && type.kind !== 'varchar')
    return refuse(`has bytes, but is ${type.kind}: use them on strings`);
  if (timezone && type.kind !== 'timestamptz') return refuse('has a timezone: use it on z.iso.datetime()');
  if (epochMillis && node.type !== 'integer') return refuse('has epochMillis: use it on z.int()');
  if (epochSeconds && (epochMillis || type.kind !== 'timestamp' || !type.epoch)) {
    return refuse(
      'has epochSeconds: use it on z.int(), z.number() or z.string(), without another of our words for types',
    );
  }
  if (decimal && type.kind !== 'decimal') return refuse('has decimal: use it on a number or a string');
  return type;
}

const counted = new Set(['integer', 'number', 'string']);

function plainType(node: Node): ColumnType | Refused {
  if (node.super) return { kind: 'super' };
  const kind = node.kind ?? '';
  if (Object.hasOwn(refusals, kind)) return refuse(refusals[kind] ?? '');
  if (node.decimal && (node.type === 'string' || node.type === 'number' || node.type === 'integer')) {
    return decimalType(node.decimal);
  }
  if (node.epochSeconds && counted.has(String(node.type))) return { kind: 'timestamp', epoch: 'seconds' };
  const values = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (values) return typeOfValues(values, node);
  switch (node.type) {
    case 'string':
      return stringType(node);
    case 'integer':
      return node.epochMillis ? { kind: 'timestamp' } : integerType(lowest(node), highest(node));
    case 'number':
      return { kind: 'double' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'object':
    case 'array':
      return { kind: 'super' };
    case undefined:
      return refuse(kind ? impossible(kind) : (refusals['any'] ?? ''));
    default:
      return refuse(`has the type ${JSON.stringify(node.type)}, which is no column's: choose one`);
  }
}

function stringType({ format, timezone, bytes = 65_535 }: Node): ColumnType | Refused {
  if (format === 'date') return { kind: 'date' };
  if (format === 'date-time') return { kind: timezone ? 'timestamptz' : 'timestamp' };
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 65_535) {
    return refuse(
      `has bytes ${JSON.stringify(bytes)}: a VARCHAR takes 1 to 65535, and so does a text in SUPER: leave longer texts in the lake, .meta({ column: false })`,
    );
  }
  return { kind: 'varchar', bytes };
}

function decimalType([precision, scale]: [number, number]): ColumnType | Refused {
  const fits =
    Number.isInteger(precision) && precision >= 1 && precision <= 38 && Number.isInteger(scale) && scale >= 0;
  if (fits && scale <= Math.min(precision, 37)) return { kind: 'decimal', precision, scale };
  return refuse(
    `has decimal [${precision}, ${scale}]: Redshift takes a precision of 1 to 38, a scale of 0 to 37 and to the precision`,
  );
}

/** of an enum or a literal */
function typeOfValues(values: unknown[], node: Node): ColumnType | Refused {
  if (values.every((value) => value === null)) return refuse(refusals['null'] ?? '');
  if (values.every((value) => typeof value === 'string')) {
    const longest = Math.max(1, ...values.map((value) => Buffer.byteLength(value)));
    const { bytes = longest } = node;
    if (bytes < longest) return refuse(`has bytes ${bytes}, but a value of ${longest} bytes: give at least that`);
    return stringType({ bytes });
  }
  if (values.every((value) => typeof value === 'boolean')) return { kind: 'boolean' };
  if (values.every((value) => typeof value === 'number')) {
    return values.every(Number.isSafeInteger)
      ? integerType(Math.min(...values), Math.max(...values))
      : { kind: 'double' };
  }
  return refuse(`has values of several types (${values.map((value) => JSON.stringify(value)).join(', ')}): choose one`);
}

const lowest = ({ minimum = -Infinity, exclusiveMinimum = -Infinity }: Node) =>
  Math.max(minimum, Math.floor(exclusiveMinimum) + 1);
const highest = ({ maximum = Infinity, exclusiveMaximum = Infinity }: Node) =>
  Math.min(maximum, Math.ceil(exclusiveMaximum) - 1);

function integerType(minimum: number, maximum: number): ColumnType {
  if (minimum >= -32_768 && maximum <= 32_767) return { kind: 'smallint' };
  if (minimum >= -2_147_483_648 && maximum <= 2_147_483_647) return { kind: 'integer' };
  return { kind: 'bigint' };
}

const widths = ['smallint', 'integer', 'bigint', 'double'];

/** one type that holds the values of both; undefined when there is none */
export function widest(one: ColumnType, other: ColumnType): ColumnType | undefined {
  if (one.kind === 'varchar' && other.kind === 'varchar') return one.bytes >= other.bytes ? one : other;
  const [left, right] = [widths.indexOf(one.kind), widths.indexOf(other.kind)];
  if (left >= 0 && right >= 0) return left >= right ? one : other;
  return JSON.stringify(one) === JSON.stringify(other) ? one : undefined;
}

import { anyField, type SeenObjects, type Shape } from './shape.js';

/** what a definition says of one field */
export type Draft =
  | { kind: 'text'; bytes: number; note: string }
  | { kind: 'decimal'; of: 'text' | 'number'; precision: number; scale: number; note: string }
  | { kind: PlainKind; note: string }
  | { kind: 'object'; fields: DraftField[] };

type PlainKind =
  | 'boolean'
  | 'int32'
  | 'int'
  | 'number'
  | 'date'
  | 'utcTime'
  | 'offsetTime'
  | 'localTime'
  | 'epochSeconds'
  | 'epochMillis'
  | 'list'
  | 'record'
  | 'anything'
  | 'leftOut';

export interface DraftField {
  name: string;
  shape: Shape;
  draft: Draft;
  isNullable: boolean;
  isOptional: boolean;
  /** of the column, where the name of the path does not do */
  column?: string;
}

/** in fewer records than these a field that always came may have come by chance */
export const fewRecords = 20;

const maxTextBytes = 65_535;

/** the type of a value that is neither null nor absent; `name` is the field's own */
export function draftOf(shape: Shape, name: string, depth = 0): Draft {
  const { nulls, booleans, numbers, texts, lists, objects } = shape;
  const kinds = [booleans > 0, numbers, texts, lists, objects].filter(Boolean).length;
  if (kinds === 0) return { kind: 'leftOut', note: nulls > 0 ? 'null in every record' : 'never came' };
  const unfit = unstorable(shape);
  if (kinds > 1) {
    return unfit ? { kind: 'leftOut', note: unfit } : { kind: 'anything', note: `mixed: ${kindsIn(shape).join(', ')}` };
  }
  if (booleans > 0) return { kind: 'boolean', note: '' };
  if (numbers) return numberDraft(shape, name);
  if (texts) return unfit ? { kind: 'leftOut', note: unfit } : textDraft(shape, name);
  if (objects && !isMapLike(objects) && !isSprawling(objects, depth)) return objectDraft(objects, depth + 1);
  if (unfit) return { kind: 'leftOut', note: unfit };
  if (lists) return { kind: 'list', note: `lists of up to ${lists.longest}` };
  return { kind: 'record', note: objects?.fields instanceof Map && objects.fields.size > 0 ? recordNote(objects) : '' };
}

export function objectDraft(objects: SeenObjects, depth = 0): Draft {
  const fields = objects.fields === 'many' ? [] : [...objects.fields];
  return { kind: 'object', fields: fields.map(([name, shape]) => fieldDraft(name, shape, objects.count, depth)) };
}

export function fieldDraft(name: string, shape: Shape, parents: number, depth = 0): DraftField {
  return {
    name,
    shape,
    draft: draftOf(shape, name, depth),
    isNullable: shape.nulls > 0 || parents < fewRecords,
    isOptional: shape.values < parents || parents < fewRecords,
  };
}

function kindsIn({ booleans, numbers, texts, lists, objects }: Shape): string[] {
  const names: [unknown, string][] = [
    [booleans > 0, 'booleans'],
    [numbers, 'numbers'],
    [texts, 'texts'],
    [lists, 'lists'],
    [objects, 'objects'],
  ];
  return names.flatMap(([is, name]) => (is ? [name] : []));
}

/** why no column takes what came here */
function unstorable({ numbers, texts, lists, objects }: Shape): string | undefined {
  if (numbers?.beyond) return 'has numbers beyond the range of a double';
  if (texts?.unstorable) return 'has texts with U+0000 or half a surrogate pair, which Redshift refuses';
  if (texts && texts.longest > maxTextBytes)
    return `has texts of up to ${texts.longest} bytes, a column takes ${maxTextBytes}`;
  if (objects?.unstorable) return 'has names with U+0000 or half a surrogate pair, which Redshift refuses';
  const inner = [...(lists ? [lists.items] : []), ...(objects ? innerOf(objects) : [])];
  for (const one of inner) {
    const found = unstorable(one);
    if (found) return found;
  }
  return undefined;
}

const innerOf = ({ fields, any }: SeenObjects) => (fields === 'many' ? (any ? [any] : []) : [...fields.values()]);

const timeName =
  /(^|_)(at|on|ts|time|timestamp|date|datetime|epoch|created|updated|modified|changed|reported|generated|started|ended|expires|last_\w+)(_|$)/i;
const idName = /(^|_)(id|no|number|key|code|uid|pk|sk)$/i;
const moneyName =
  /(^|_)(price|amount|total|subtotal|cost|fee|fees|fare|tax|vat|balance|discount|revenue|salary|paid|due|refund)(_|$)/i;

const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

export const isTimeName = (name: string) => timeName.test(snake(name));
const isIdName = (name: string) => idName.test(snake(name));

/** 2001 to 2100 */
const [firstSecond, lastSecond] = [978_307_200, 4_102_444_800];

function unitOf(number: number): 'epochSeconds' | 'epochMillis' | undefined {
  if (number >= firstSecond && number <= lastSecond) return 'epochSeconds';
  return number >= firstSecond * 1000 && number <= lastSecond * 1000 ? 'epochMillis' : undefined;
}

function numberDraft({ numbers }: Shape, name: string): Draft {
  if (!numbers || numbers.beyond > 0) return { kind: 'leftOut', note: 'has numbers beyond the range of a double' };
  const { count, whole, wide, rounded, roundedWhole, least, most, digits, scale } = numbers;
  const exact = (precision: number, scale: number, note: string): Draft =>
    ({ kind: 'decimal', of: 'number', precision, scale, note }) as const;
  const isExactly = digits + scale <= 38 && scale <= 37;
  if (whole === count) {
    const unit = isTimeName(name) && least >= 0 ? unitOf(most) : undefined;
    if (unit) {
      const seldom = unitOf(least) === unit ? '' : `; ${least} came too`;
      return {
        kind: unit,
        note: `${unit === 'epochSeconds' ? 'seconds' : 'milliseconds'} since 1970, by name and size${seldom}`,
      };
    }
    if (wide > 0) {
      if (digits <= 38) return exact(38, 0, `whole numbers of up to ${digits} digits`);
      return { kind: 'anything', note: `whole numbers of up to ${digits} digits, a decimal has 38` };
    }
    const isSmall = Math.max(Math.abs(least), Math.abs(most)) < 100_000_000;
    return isSmall && !isIdName(name)
      ? {
          kind: 'int32',
          note: least === most ? `always ${least}: z.number() where it may have a fraction` : `${least} to ${most}`,
        }
      : { kind: 'int', note: '' };
  }
  if (moneyName.test(snake(name)) && digits <= 12 && scale <= 6)
    return exact(18, Math.max(4, scale), `exact, since it is money by its name: ${scale} decimals came`);
  if (rounded > 0 && isExactly) {
    const places = Math.min(37, scale + Math.floor((38 - digits - scale) / 2));
    return exact(
      38,
      places,
      `exact: up to ${digits} digits before the point and ${scale} behind, more than a double holds`,
    );
  }
  if (roundedWhole > 0) return { kind: 'anything', note: 'numbers that a double rounds and no decimal holds' };
  return { kind: 'number', note: rounded > 0 ? 'a double: rounds what has more than 15 digits' : '' };
}

function textDraft(shape: Shape, name: string): Draft {
  const { texts } = shape;
  if (!texts) return { kind: 'anything', note: '' };
  const { count, shortest, longest, dates, utc, offset, local, decimals, points, digits, scale } = texts;
  if (dates === count) return { kind: 'date', note: '' };
  if (utc === count) return { kind: 'utcTime', note: '' };
  if (offset === count) return { kind: 'offsetTime', note: '' };
  if (local === count) return { kind: 'localTime', note: 'without a zone: taken for UTC' };
  if (decimals === count && points > 0 && !/version/i.test(name) && digits + scale <= 32) {
    const places = Math.max(4, scale + 2);
    const precision = Math.max(18, digits + places + 4);
    return {
      kind: 'decimal',
      of: 'text',
      precision,
      scale: places,
      note: `up to ${digits} digits before the point, ${scale} behind`,
    };
  }
  // one text again and again has no length of its own
  const isFixed = shortest === longest && longest > 1 && (shape.distinct === 'many' || shape.distinct.size > 1);
  const bytes = roomFor(isFixed ? longest : longest * 2);
  return { kind: 'text', bytes, note: textNote(shape, shortest, longest) };
}

const rooms = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];

/** a length as people choose it */
const roomFor = (bytes: number): number => rooms.find((room) => room >= bytes) ?? maxTextBytes;

const mostListed = 5;

function textNote({ distinct, texts, values }: Shape, shortest: number, longest: number): string {
  if (
    distinct !== 'many' &&
    distinct.size <= mostListed &&
    distinct.size * 3 <= values &&
    (texts?.longest ?? 0) <= 24
  ) {
    return `came as ${[...distinct]
      .map((value) => JSON.stringify(value.slice(1)))
      .sort()
      .join(', ')}`;
  }
  return shortest === longest ? (longest === 1 ? '1 byte' : `${longest} bytes`) : `${shortest} to ${longest} bytes`;
}

const dataNames = /^(\d{4}-\d\d(-\d\d.*)?|\d+|[0-9a-f-]{16,}|[A-Z0-9]{2,}[-_][A-Z0-9-_]+)$/;

/** names of fields that are data: dates, ids, or one name for each of many values of one kind */
export function isMapLike(objects: SeenObjects): boolean {
  const { fields, count } = objects;
  if (fields === 'many') return true;
  if (fields.size === 0) return true;
  const names = [...fields.keys()];
  if (names.filter((name) => dataNames.test(name)).length * 2 > names.length) return true;
  const present = [...fields.values()].reduce((sum, { values }) => sum + values, 0) / (count * fields.size);
  if (fields.size > 50 && present < 0.2) return true;
  if (fields.size < 10) return false;
  const all = [...fields.values()];
  if (!all.every((shape) => shape.objects && shape.objects.count === shape.values)) return false;
  const inner = anyField(objects).objects;
  return (
    inner !== undefined &&
    inner.fields !== 'many' &&
    [...inner.fields.values()].every(({ values }) => values * 2 > inner.count)
  );
}

function recordNote(objects: SeenObjects): string {
  if (isMapLike(objects)) return 'its names are data';
  return `${leaves(objects)} fields: declare those that you ask for`;
}

/** columns that nearly nobody asks for: deep within, or most of them null */
function isSprawling(objects: SeenObjects, depth: number): boolean {
  const { fields, count } = objects;
  if (fields === 'many') return false;
  const columns = leaves(objects);
  if (depth >= deep && columns > mostDeepColumns) return true;
  if (columns <= mostSparseColumns) return false;
  const always = [...fields.values()].filter(({ values }) => values === count).length;
  return always * 2 < fields.size;
}

/** objects around a field */
const deep = 2;
const mostDeepColumns = 20;
const mostSparseColumns = 40;

function leaves({ fields }: SeenObjects): number {
  if (fields === 'many') return 1;
  return [...fields.values()].reduce((sum, { objects }) => sum + (objects ? leaves(objects) : 1), 0);
}

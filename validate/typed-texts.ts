import type { z } from 'zod';
import { isInteger, pointerName, type Digits } from '../model/digits.js';
import { exactNumber, isSameNumber } from '../model/exact-number.js';
import { isObject } from './field-watch.js';

interface Typed {
  value: unknown;
  digits?: Digits;
}

type Kind = 'number' | 'boolean' | 'time';

interface Field {
  kind: Kind | undefined;
  isNullable: boolean;
}

/**
 * the fields of a row of texts as JSON has them: a number where the schema wants one, with its digits beside where a double
 * rounds it, and a boolean. What is no such text stays one, and is judged as it is. A null goes where the schema takes none,
 * so that an optional field may be empty
 */
export function typedTexts(schema: z.ZodType): (row: unknown) => Typed {
  const fields = new Map<string, Field>();
  for (const [name, field] of Object.entries(shapeOf(schema))) fields.set(name, fieldOf(field));
  return (row) => {
    if (!isObject(row)) return { value: row };
    let digits: Map<string, string> | undefined;
    const value: Record<string, unknown> = {};
    for (const [name, given] of Object.entries(row)) {
      const field = fields.get(name);
      if (given === null && field && !field.isNullable) continue;
      let found = given;
      if (typeof given === 'string' && field?.kind === 'boolean') found = booleans.get(given.toLowerCase()) ?? given;
      else if (typeof given === 'string' && field?.kind === 'time') found = given.replace(spaceInTime, '$1T');
      else if (typeof given === 'string' && field?.kind === 'number') {
        const number = numberOf(given);
        if (number) found = number.value;
        if (number?.written !== undefined) (digits ??= new Map()).set(`/${pointerName(name)}`, number.written);
      }
      // an assignment would set the prototype
      if (name === '__proto__') Object.defineProperty(value, name, { value: found, enumerable: true });
      else value[name] = found;
    }
    return digits ? { value, digits } : { value };
  };
}

const spaceInTime = /^(\d{4}-\d\d-\d\d) (?=\d\d:)/;

const booleans = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((text) => [text, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((text) => [text, false] as const),
]);

/** as the parser of JSON gives it: `written` are the digits that a double rounds */
function numberOf(text: string): { value: number | bigint; written?: string } | undefined {
  if (text.length <= 15 && plainInteger.test(text)) return { value: Number(text) };
  const trimmed = text.trim();
  if (!exactNumber(trimmed)) return undefined;
  const value = Number(trimmed);
  if (isSameNumber(trimmed, String(value))) return { value };
  const written = trimmed.replace(/^\+/, '');
  return { value: isInteger(written) && Number.isFinite(value) ? BigInt(written) : value, written };
}

const plainInteger = /^-?\d+$/;

function shapeOf(schema: z.core.$ZodType): z.core.$ZodLooseShape {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') return def.shape;
  if (def.type === 'intersection') return { ...shapeOf(def.left), ...shapeOf(def.right) };
  if (def.type === 'union') return Object.assign({}, ...def.options.map(shapeOf)) as z.core.$ZodLooseShape;
  if (def.type === 'pipe') return shapeOf(def.in);
  if (def.type === 'lazy') return shapeOf(def.getter());
  return 'innerType' in def ? shapeOf(def.innerType) : {};
}

/** what a field takes before anything is made of it */
function fieldOf(schema: z.core.$ZodType): Field {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'number':
      return { kind: 'number', isNullable: false };
    case 'boolean':
      return { kind: 'boolean', isNullable: false };
    case 'string':
      return { kind: 'format' in def && def.format === 'datetime' ? 'time' : undefined, isNullable: false };
    case 'literal':
      return { kind: kindOfValues(def.values), isNullable: def.values.includes(null) };
    case 'enum':
      return { kind: kindOfValues(Object.values(def.entries)), isNullable: false };
    case 'null':
    case 'any':
    case 'unknown':
      return { kind: undefined, isNullable: true };
    case 'nullable':
      return { ...fieldOf(def.innerType), isNullable: true };
    case 'union': {
      const options = def.options.map(fieldOf);
      const kinds = new Set(
        def.options.filter((option) => option._zod.def.type !== 'null').map((one) => fieldOf(one).kind),
      );
      return { kind: kinds.size === 1 ? [...kinds][0] : undefined, isNullable: options.some((one) => one.isNullable) };
    }
    case 'pipe':
      return fieldOf(def.in);
    // a function that is asked first sees the null
    case 'transform':
      return { kind: undefined, isNullable: true };
    case 'lazy':
      return fieldOf(def.getter());
    default:
      return 'innerType' in def ? fieldOf(def.innerType) : { kind: undefined, isNullable: false };
  }
}

function kindOfValues(values: readonly unknown[]): Kind | undefined {
  if (values.every((value) => value === null || typeof value === 'number')) return 'number';
  return values.every((value) => value === null || typeof value === 'boolean') ? 'boolean' : undefined;
}

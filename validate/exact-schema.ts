import { z } from 'zod';
import { isMultipleOf, wholeNumber } from '../model/exact-number.js';
import { needsOwnNames, renamed, withOwnNames } from './own-names.js';

type Schema = z.core.$ZodType;
type Payload = z.core.ParsePayload;

const single = ['innerType', 'element', 'catchall', 'rest', 'valueType', 'left', 'right', 'out'] as const;
const several = ['options', 'items'] as const;

/**
 * the schema, with numbers that also take an integer which a double rounds, as the bigint that the parser makes of it:
 * a bound holds for the exact value. a refine or transform is written for numbers, so such an integer is refused within one.
 * objects are read by the names of their own fields
 */
export function exactSchema(schema: z.ZodType): z.ZodType {
  const made = { seen: new Map<Schema, Schema>(), open: new Map<Schema, Schema>() };

  function copy(given: Schema, isSeen: boolean): Schema {
    const known = isSeen ? made.seen : made.open;
    const before = known.get(given);
    if (before) return before;
    const { def } = (given as z.core.$ZodTypes)._zod;
    if (def.type === 'number') return keep(exactly(given as z.core.$ZodNumber, isSeen));
    const isSeenBelow = isSeen || hasFunction(def.checks);
    const below = (child: Schema) => copy(child, isSeenBelow);
    const parts: Record<string, unknown> = {};
    for (const name of single) if (name in def) parts[name] = copyOf(def[name as never], below);
    for (const name of several) if (name in def) parts[name] = (def[name as never] as Schema[]).map(below);
    if (def.type === 'lazy') {
      parts['getter'] = () => below((given as z.core.$ZodLazy)._zod.innerType);
      // where zod keeps what the getter of the original gave
      parts['_cachedInner'] = undefined;
    }
    if (def.type === 'pipe') {
      const isInput = 'transform' in def || (def.out as z.core.$ZodTypes)._zod.def.type === 'transform';
      parts['in'] = copy(def.in, isSeenBelow || isInput);
    }
    const copied = { ...def, ...parts };
    // looked at when it is needed: an object may lead to itself
    if (def.type === 'object') Object.defineProperty(copied, 'shape', { get: once(() => mapped(def.shape, below)) });
    const one: Schema = z.core.clone(given, copied);
    if (needsOwnNames(def)) one._zod.run = withOwnNames(one._zod.run, def);
    return keep(one);

    function keep(one: Schema): Schema {
      known.set(given, one);
      return one;
    }
  }

  return copy(schema, false) as z.ZodType;
}

function copyOf(part: Schema | null | undefined, below: (child: Schema) => Schema): Schema | null | undefined {
  return part && below(part);
}

function mapped(shape: z.core.$ZodLooseShape, below: (child: Schema) => Schema): z.core.$ZodShape {
  return renamed(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, below(field as Schema)])));
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const functions = new Set(['custom', 'overwrite', 'property']);

function hasFunction(checks: z.core.$ZodCheck[] = []): boolean {
  return checks.some((check) => functions.has(check._zod.def.check));
}

/** a copy of a number's schema; `isSeen`: a function of the definition gets its value */
function exactly(schema: z.core.$ZodNumber, isSeen: boolean): Schema {
  const { def } = schema._zod;
  const copied = z.core.clone(schema, def);
  const checks = [...('check' in def ? [copied as unknown as z.core.$ZodCheck] : []), ...(def.checks ?? [])];
  const isWhole = checks.some(({ _zod: { def } }) => formatOf(def)?.includes('int'));
  const isRefused = isSeen || hasFunction(def.checks);
  const { run } = copied._zod;
  copied._zod.run = (payload, context) => {
    const value = wholeOf(payload.value, isWhole);
    if (value === undefined) return run(payload, context);
    if (isRefused) refuse(payload, { code: 'custom', message: seenByFunction(value) }, copied);
    else {
      payload.value = value;
      for (const check of checks) judge(value, check, payload, copied);
    }
    return payload;
  };
  return copied;
}

/** the integer that zod's own checks of a number do not take */
function wholeOf(value: unknown, isWhole: boolean): bigint | undefined {
  if (typeof value === 'bigint') return value;
  const isLarge = isWhole && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isLarge ? wholeNumber(String(value)) : undefined;
}

function seenByFunction(value: bigint): string {
  return `${value} has more digits than the number that a refine or transform takes: turn it into text first, z.preprocess(String, z.string().meta({ decimal: [38, 0] }))`;
}

function formatOf(def: z.core.$ZodCheckDef): string | undefined {
  return def.check === 'number_format' ? (def as z.core.$ZodCheckNumberFormatDef).format : undefined;
}

/** as zod's own check does with a number; the width of a plain integer is left to its column */
function judge(value: bigint, check: z.core.$ZodCheck, payload: Payload, inst: Schema): void {
  const { def } = check._zod;
  const format = formatOf(def);
  if (format === 'safeint') return;
  if (format?.includes('int')) {
    const [minimum, maximum] = z.core.util.NUMBER_FORMAT_RANGES[format as z.core.$ZodNumberFormats];
    const about = { origin: 'int' as const, inclusive: true };
    if (value < minimum) refuse(payload, { code: 'too_small', minimum, ...about }, inst);
    if (value > maximum) refuse(payload, { code: 'too_big', maximum, ...about }, inst);
  } else if (def.check === 'multiple_of') {
    const divisor = (def as z.core.$ZodCheckMultipleOfDef).value;
    if (!isMultipleOf(value, Number(divisor)))
      refuse(payload, { code: 'not_multiple_of', divisor: Number(divisor) }, inst);
  } else void check._zod.check(payload as z.core.ParsePayload<never>);
}

type Issue =
  | { code: 'custom'; message: string }
  | { code: 'too_small'; minimum: number; origin: 'int'; inclusive: boolean }
  | { code: 'too_big'; maximum: number; origin: 'int'; inclusive: boolean }
  | { code: 'not_multiple_of'; divisor: number };

function refuse(payload: Payload, issue: Issue, inst: Schema): void {
  payload.issues.push({ ...issue, input: payload.value, inst } as z.core.$ZodRawIssue);
}

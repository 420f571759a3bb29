import { z } from 'zod';
import type { Column } from '../model/columns.js';
import { unknownColumn } from './columns.js';
import { encoder, Unstorable, type Encode } from './encode.js';
import { fastMicros, fits, refused, transformed } from './fast-values.js';
import { isObject, unknownFields, type FieldWatch } from './field-watch.js';
import type { Known } from './known-fields.js';
import type { Entity } from './pipeline.js';
import { numberTests } from './number-tests.js';
import { hasProto, isInherited, namesWithin } from './own-names.js';
import { keyColumns, keyText, rowId } from './row-id.js';
import type { Append } from './row-batch.js';
import { stringTests } from './string-tests.js';
import { valueAt } from './value-at.js';

/** appends a row as it is stored, its `_row_id` last; false when it is not proven valid, which zod then decides */
export type FastPath = (row: unknown, isPlain: boolean) => boolean;

/**
 * code that checks and converts a row in one go. it takes what the generated checks prove, asks zod for parts of the
 * schema that it has no check for, and counts the fields of the rows it takes.
 * of a definition, only numbers and JSON strings are written into the code; everything else is handed in
 */
export function fastPath(
  { plan, schema, known, unknownFields: mode }: Entity,
  watch: FieldWatch,
  append: Append,
): FastPath {
  const constants: unknown[] = [];
  let last = 0;
  const body = prove(schema, 'row', [], known, {
    constant: (value) => `k[${constants.push(value) - 1}]`,
    local: () => `v${++last}`,
    encoder: (column) => encoder(column, plan.superTextBytes),
    columns: new Map(
      plan.columns.flatMap((column, at) =>
        column === unknownColumn ? [] : [[JSON.stringify(column.path), { column, at }]],
      ),
    ),
    isStored: false,
    onUnknown: mode === 'ignore' ? 'isKnown = false;' : 'return false;',
  });
  const values = plan.columns.map((_, at) => `a${at}`);
  const required = plan.columns.flatMap(({ nullable }, at) => (nullable ? [] : [`a${at} === null`]));
  // one template: pieces that are added one by one cost the hash more than itself
  const key = keyColumns(plan).map((at) => {
    const isText = plan.columns[at]?.type.kind === 'varchar' && !plan.columns[at].nullable;
    return isText ? `\${a${at}.length}:\${a${at}},` : `\${keyText(a${at})}`;
  });
  const code = `'use strict';
return (row, isPlain) => {
  let isKnown = true${values.map((name) => `, ${name} = null`).join('')};
  try {
${body}
  } catch (error) {
    if (error instanceof Unstorable) return false;
    throw error;
  }
  if (${[...required, 'false'].join(' || ')}) return false;
  if (isKnown) watch.count(row);
  else watch.unknownIn(row);
  append(${[...values, `rowId(\`${key.join('')}\`)`].join(', ')});
  return true;
};`;
  const given = { k: constants, watch, append, Unstorable, rowId, keyText, fits, fastMicros, refused, hasProto };
  // oxlint-disable-next-line typescript/no-implied-eval -- generated on purpose, see above
  return new Function(...Object.keys(given), code)(...Object.values(given)) as FastPath;
}

interface Writer {
  /** an expression for a value that is handed in */
  constant(value: unknown): string;
  local(): string;
  encoder(column: Column): Encode;
  columns: Map<string, Place>;
  /** within a value that is stored as it stands: nothing in it may be converted */
  isStored: boolean;
  /** what is done about a field that the schema does not declare and zod would strip */
  onUnknown: string;
}

interface Place {
  column: Column;
  at: number;
}

/** code that returns unless `value` is valid, and assigns its columns; asks zod where there is no check for it */
function prove(
  schema: z.core.$ZodType,
  value: string,
  path: string[],
  known: Known | undefined,
  to: Writer,
): string | undefined {
  return checks(schema, value, path, known, to) ?? (to.isStored ? undefined : askZod(schema, value, path, known, to));
}

function checks(
  schema: z.core.$ZodType,
  value: string,
  path: string[],
  known: Known | undefined,
  above: Writer,
): string | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const place = above.columns.get(JSON.stringify(path));
  const kind = place?.column.type.kind;
  const to = place ? { ...above, isStored: true } : above;
  const store = (expression?: string) =>
    place ? `a${place.at} = ${expression ?? `${to.constant(to.encoder(place.column))}(${value})`};` : '';
  switch (def.type) {
    case 'optional':
    case 'nullable': {
      if (def.innerType._zod.optin === 'defaulted') return undefined;
      const inner = checks(def.innerType, value, path, known, to);
      return inner && `if (${value} !== ${def.type === 'nullable' ? 'null' : 'undefined'}) { ${inner} }`;
    }
    case 'readonly':
      return checks(def.innerType, value, path, known, to);
    case 'any':
    case 'unknown':
      return def.checks?.length ? undefined : store();
    case 'boolean':
      return def.checks?.length || def.coerce ? undefined : `${unless(`typeof ${value} === 'boolean'`)} ${store()}`;
    case 'literal':
    case 'enum': {
      const values = [...(schema._zod.values ?? [])];
      if (def.checks?.length || values.length === 0 || !values.every((each) => typeof each === 'string'))
        return undefined;
      const bytes = place?.column.type.kind === 'varchar' ? place.column.type.bytes : 0;
      const areTexts = values.every((each) => fits(each, bytes, false));
      const tests = values.map((each) => `${value} === ${JSON.stringify(each)}`);
      return `${unless(tests.join(' || '))} ${areTexts ? store(value) : store()}`;
    }
    case 'number': {
      const tests = numberTests(def, value);
      if (!tests) return undefined;
      const isPlain = kind === 'smallint' || kind === 'integer' || kind === 'bigint' || kind === 'double';
      return `${unless(tests.join(' && '))} ${isPlain ? store(value) : store()}`;
    }
    case 'string':
      return string(def, value, place?.column, to, store);
    case 'array': {
      if (def.checks?.length) return undefined;
      const item = to.local();
      const inner = checks(def.element, item, [...path, '[]'], known?.items, to);
      return inner === undefined
        ? undefined
        : `${unless(`Array.isArray(${value})`)} for (const ${item} of ${value}) { ${inner} } ${store()}`;
    }
    case 'tuple': {
      if (def.checks?.length || def.rest || def.items.some((item) => item._zod.optin !== undefined)) return undefined;
      const items = def.items.map((item, at) => {
        const local = to.local();
        const inner = prove(item, local, [...path, String(at)], known?.fields?.get(String(at)), to);
        return inner && `const ${local} = ${value}[${at}]; ${inner}`;
      });
      if (items.includes(undefined)) return undefined;
      return `${unless(`Array.isArray(${value}) && ${value}.length === ${items.length}`)} ${items.join('\n')} ${store()}`;
    }
    case 'object':
      return object(def, value, path, known, to, store);
    case 'union':
      return union(def, value, path, known, to);
    case 'pipe':
      return preprocessed(def, value, path, known, above);
    default:
      return undefined;
  }
}

/** the declared fields; other fields only where zod strips them and nothing stores them */
function object(
  def: z.core.$ZodObjectDef,
  value: string,
  path: string[],
  known: Known | undefined,
  to: Writer,
  store: () => string,
): string | undefined {
  if (def.checks?.length) return undefined;
  const names = new Set(Object.keys(def.shape));
  // fields that only routing needs are no news, and zod strips them
  if (!def.catchall && !to.isStored) for (const name of known?.fields?.keys() ?? []) names.add(name);
  const count = to.local();
  const lines = [unless(`typeof ${value} === 'object' && ${value} !== null && !Array.isArray(${value})`)];
  const present: string[] = [];
  for (const name of names) {
    const local = to.local();
    const inner = known?.fields?.get(name);
    const field = Object.hasOwn(def.shape, name) ? def.shape[name] : undefined;
    const proof = field ? checks(field, local, [...path, name], inner, to) : refuseUnknown(local, inner, to);
    const code = proof ?? (field && !to.isStored ? askZod(field, local, [...path, name], inner, to) : undefined);
    if (code === undefined) return undefined;
    // what an absent field becomes is left to zod, but for a plain optional
    const mayLack = !field || (proof !== undefined && field._zod.optin === 'optional');
    lines.push(`const ${local} = ${ownField(value, name)};`, mayLack ? '' : unless(`${local} !== undefined`), code);
    present.push(`(${local} !== undefined)`);
  }
  lines.push(`let ${count} = 0; for (const name in ${value}) ${count}++;`);
  const onUnknown = def.catchall || to.isStored ? 'return false;' : to.onUnknown;
  lines.push(`if (${count} !== ${['0', ...present].join(' + ')}) ${onUnknown}`, store());
  return lines.join('\n');
}

function union(
  def: z.core.$ZodUnionDef & { discriminator?: string },
  value: string,
  path: string[],
  known: Known | undefined,
  to: Writer,
): string | undefined {
  const { discriminator } = def;
  if (def.checks?.length || discriminator === undefined || isInherited(discriminator)) return undefined;
  const cases: string[] = [];
  for (const option of def.options) {
    const values = [...(option._zod.propValues?.[discriminator] ?? [])];
    const inner = checks(option, value, path, known, to);
    if (inner === undefined || values.some((each) => typeof each !== 'string')) return undefined;
    cases.push(`${values.map((each) => `case ${JSON.stringify(each)}:`).join(' ')} { ${inner} break; }`);
  }
  return `${unless(`typeof ${value} === 'object' && ${value} !== null`)}
switch (${value}[${JSON.stringify(discriminator)}]) { ${cases.join('\n')} default: return false; }`;
}

/** a time is read by hand where that is proof enough; other texts of one are left to the schema's own pattern */
function string(
  def: z.core.$ZodStringDef & Partial<z.core.$ZodStringFormatDef>,
  value: string,
  column: Column | undefined,
  to: Writer,
  store: (expression?: string) => string,
): string | undefined {
  const found = stringTests(def, value, column?.type.kind, to.constant);
  if (!found) return undefined;
  const { tests, timeTests, mayHaveOffset } = found;
  if (column?.type.kind === 'varchar') {
    tests.push(`fits(${value}, ${column.type.bytes}, isPlain)`);
    return `${unless(tests.join(' && '))} ${store(value)}`;
  }
  const isCounted = column?.type.kind === 'timestamp' && column.type.epoch !== undefined;
  if (!timeTests || isCounted) return `${unless(tests.join(' && '))} ${store()}`;
  const micros = to.local();
  return `${unless(tests.join(' && '))} const ${micros} = fastMicros(${value}, ${mayHaveOffset});
if (${micros} === ${micros}) { ${store(micros)} } else { ${unless(timeTests.join(' && ') || 'true')} ${store()} }`;
}

/** what the transform makes of the value is checked in its place */
function preprocessed(
  { in: first, out, ...def }: z.core.$ZodPipeDef,
  value: string,
  path: string[],
  known: Known | undefined,
  to: Writer,
): string | undefined {
  const { def: transform } = (first as z.core.$ZodTypes)._zod;
  const isPlain = transform.type === 'transform' && !transform.checks?.length && !('transform' in def);
  if (!isPlain || def.checks?.length || to.isStored || known?.fields || known?.items) return undefined;
  const local = to.local();
  const inner = checks(out, local, path, known, to);
  const run = to.constant(transformed(transform));
  return (
    inner &&
    `${unless(`${value} !== undefined`)} const ${local} = ${run}(${value}); ${unless(`${local} !== refused`)} ${inner}`
  );
}

function askZod(schema: z.core.$ZodType, value: string, path: string[], known: Known | undefined, to: Writer): string {
  const checked = to.local();
  const stores = [...to.columns.values()].flatMap(({ column, at }) => {
    if (!path.every((name, index) => column.path[index] === name)) return [];
    const rest = column.path.slice(path.length);
    const encode = to.encoder({ ...column, nullable: true });
    return [`a${at} = ${to.constant((data: unknown) => encode(valueAt(data, rest)))}(${checked}.data);`];
  });
  const names = namesWithin(schema);
  if (names === 'inherited') return 'return false;';
  const dropped = names === 'free' ? unless(`!hasProto(${value})`) : '';
  const compiled = z.compile(schema);
  const ask = to.constant((input: unknown) => z.safeParse(compiled, input));
  return `${dropped} ${refuseUnknown(value, known, to)} const ${checked} = ${ask}(${value}); ${unless(`${checked}.success`)} ${stores.join(' ')}`;
}

/** unknown fields anywhere in a value whose fields are not counted here */
function refuseUnknown(value: string, known: Known | undefined, to: Writer): string {
  if (!known?.fields && !known?.items) return '';
  const any = (input: unknown) => isObject(input) && unknownFields(input, known) !== undefined;
  return `if (${to.constant(any)}(${value})) ${to.isStored ? 'return false;' : to.onUnknown}`;
}

function ownField(value: string, name: string): string {
  const field = `${value}[${JSON.stringify(name)}]`;
  return isInherited(name) ? `Object.hasOwn(${value}, ${JSON.stringify(name)}) ? ${field} : undefined` : field;
}

function unless(test: string): string {
  return `if (!(${test})) return false;`;
}

import type { z } from 'zod';
import { askZod, ownField, refuseUnknown, string, unless, type Writer } from './fast-code.js';
import { fits, transformed } from './fast-values.js';
import type { Known } from '../columns/known-fields.js';
import { numberTests } from './number-tests.js';
import { isInherited } from './own-names.js';

/** code that returns unless `value` is valid, and assigns its columns; zod judges what it has no check for */
export function prove(
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

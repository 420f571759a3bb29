import type { z } from 'zod';
import { isObject } from './field-watch.js';

type Schema = z.core.$ZodType;
type Run = Schema['_zod']['run'];

/** the one name that zod never copies, and what it is called while zod looks */
const proto = '__proto__';
const standIn = '\0__proto__';

/** a field that every object inherits: zod would read the inherited one where a record lacks it */
export function isInherited(name: string | undefined): boolean {
  return name !== undefined && name in Object.prototype;
}

type Def = z.core.$ZodTypes['_zod']['def'];

function readsInherited(def: Def): boolean {
  if (def.type === 'object') return Object.keys(def.shape).some(isInherited);
  return def.type === 'union' && isInherited((def as { discriminator?: string }).discriminator);
}

function isFree(def: Def): boolean {
  return def.type === 'record' || (def.type === 'object' && keepsFree(def));
}

/** whether zod alone would read or keep other fields of a value than its own */
export function needsOwnNames(def: Def): boolean {
  return isFree(def) || readsInherited(def);
}

function keepsFree(def: z.core.$ZodObjectDef): boolean {
  return def.catchall !== undefined && (def.catchall as z.core.$ZodTypes)._zod.def.type !== 'never';
}

/** a shape under the names that zod takes */
export function renamed<T>(shape: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(shape).map(([name, field]) => [name === proto ? standIn : name, field]));
}

/** what of a schema zod alone reads or keeps otherwise: inherited fields, or free ones, which it takes but for one name */
export function namesWithin(schema: Schema, seen = new Set<Schema>()): 'inherited' | 'free' | undefined {
  if (seen.has(schema)) return undefined;
  seen.add(schema);
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (readsInherited(def)) return 'inherited';
  const inner = def.type === 'lazy' ? [(schema as z.core.$ZodLazy)._zod.innerType] : childrenOf(def);
  const found = inner.map((child) => namesWithin(child, seen));
  return found.find((one) => one === 'inherited') ?? (isFree(def) ? 'free' : found.find((one) => one));
}

function childrenOf(def: object): Schema[] {
  const parts = Object.entries(def).flatMap(([name, part]) =>
    name === 'shape' ? Object.values(part as object) : part,
  );
  return parts.filter((part): part is Schema => isObject(part) && '_zod' in part && 'def' in (part['_zod'] as object));
}

/** runs a copy of a schema on nothing but the own fields of a value */
export function withOwnNames(run: Run, def: Def): Run {
  const isDeclared = def.type === 'object' && Object.hasOwn(def.shape, proto);
  return (payload, context) => {
    const given = payload.value;
    if (!isObject(given) || Array.isArray(given)) return run(payload, context);
    const own = Object.assign(Object.create(null) as Record<string, unknown>, given);
    if (standIn in own) {
      payload.issues.push({ code: 'custom', message: 'holds U+0000', input: given });
      return payload;
    }
    const isMoved = (isDeclared || isFree(def)) && proto in own;
    if (isMoved) {
      own[standIn] = own[proto];
      delete own[proto];
    }
    payload.value = own;
    const result = run(payload, context) as z.core.ParsePayload;
    moveBack(result.value);
    for (const { path } of result.issues) if (path?.[0] === standIn) path[0] = proto;
    return result;
  };
}

function moveBack(made: unknown): void {
  if (!isObject(made) || !Object.hasOwn(made, standIn)) return;
  const value = made[standIn];
  delete made[standIn];
  // an assignment would set the prototype
  Object.defineProperty(made, proto, { value, enumerable: true, configurable: true, writable: true });
}

/** whether a value has the name anywhere */
export function hasProto(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const name in value) if (name === proto || hasProto(value[name])) return true;
  return false;
}

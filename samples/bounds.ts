import { parsePath } from '../model/field-path.js';
import { valueAt } from '../model/value-at.js';

/** the value at a path as definitions write it, `properties.time` */
export const fieldOf = (record: unknown, path: string): unknown => valueAt(record, parsePath(path));

/** below, a number counts seconds since 1970, not milliseconds */
const leastMillis = 100_000_000_000;

/** ms since 1970 of a time in a record: a text, or seconds or milliseconds; a text without a zone is UTC */
export function momentOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.abs(value) < leastMillis ? value * 1000 : value;
  if (typeof value !== 'string') return undefined;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(value);
  const at = Date.parse(hasZone || !value.includes('T') ? value : `${value}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** whether a value is within a bound that a request gives; undefined when the bound is neither a number nor a time */
export function bound(text: string, isLower: boolean): ((value: unknown) => boolean) | undefined {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const limit = isNumber ? Number(text) : momentOf(text);
  if (limit === undefined) return undefined;
  // a number bounds numbers as they are, and texts of time by their moment
  const read = (value: unknown) =>
    isNumber ? (typeof value === 'number' ? value : scaled(momentOf(value), limit)) : momentOf(value);
  return (value) => {
    const found = read(value);
    return found !== undefined && (isLower ? found >= limit : found <= limit);
  };
}

const scaled = (at: number | undefined, limit: number) =>
  at === undefined ? undefined : Math.abs(limit) < leastMillis ? at / 1000 : at;

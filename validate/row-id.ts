import { hash } from 'node:crypto';
import type { EntityPlan } from '../model/columns.js';
import type { Stored } from './encode.js';

/** indexes of what identifies a row: all columns where no key is declared */
export function keyColumns({ key, columns }: EntityPlan): number[] {
  const names = columns.map(({ name }) => name);
  return key.length > 0 ? key.map((name) => names.indexOf(name)) : [...names.keys()];
}

/** texts that differ in trailing blanks only are equal in Redshift, so they are one key */
export function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === blank) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** one of the key's stored values, so that no two keys give one text */
export const keyText = (value: Stored) => valueText(typeof value === 'string' ? withoutTrailingBlanks(value) : value);

/** a stored value as it is, so that no two rows give one text */
export function valueText(value: Stored): string {
  if (typeof value === 'string') return `${value.length}:${value},`;
  if (typeof value !== 'number' || !(value > million) || !Number.isSafeInteger(value)) return `${value},`;
  // times in micros: two small numbers are written faster than one that is a double
  const high = Math.floor(value / million);
  return `${high}${String(million + (value - high * million)).slice(1)},`;
}

const million = 1_000_000;
const blank = 32;

/** 128 bits of a hash of the key's texts */
export function rowId(key: string): string {
  return hash('sha256', key).slice(0, 32);
}

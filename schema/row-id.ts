import { hash } from 'node:crypto';
import type { EntityPlan } from '../model/columns.js';
import type { Stored } from './encode.js';

/** indexes of what identifies a row: all columns where no key is declared */
export function keyColumns({ key, columns }: EntityPlan): number[] {
  const names = columns.map(({ name }) => name);
  return key.length > 0 ? key.map((name) => names.indexOf(name)) : [...names.keys()];
}

/** one of the key's stored values, so that no two keys give one text */
export function keyText(value: Stored): string {
  return typeof value === 'string' ? `${value.length}:${value},` : `${value},`;
}

/** 128 bits of a hash of the key's texts */
export function rowId(key: string): string {
  return hash('sha256', key).slice(0, 32);
}

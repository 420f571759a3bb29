import type { ColumnType } from '../model/columns.js';
import { isInteger, namesOf, pointerTo, type Digits } from '../model/digits.js';
import { isObject } from './field-watch.js';
import type { Known } from '../columns/known-fields.js';
import type { Entity } from './entity.js';
import { valueAt } from '../model/value-at.js';

/** columns that take a number as it is written, or not at all */
const exact = new Set<ColumnType['kind']>([
  'smallint',
  'integer',
  'bigint',
  'decimal',
  'super',
  'timestamp',
  'timestamptz',
]);

/** which of a row's digits its columns need: the others cost it nothing */
export function exactPlaces({ plan, known, unknownFields }: Entity) {
  const columns = plan.columns.filter(({ type }) => exact.has(type.kind));
  const doubles = new Set(plan.columns.flatMap(({ type, path }) => (type.kind === 'double' ? [pointerTo(path)] : [])));
  const isUnknownKept = unknownFields === 'keep';

  function isNeeded(pointer: string, text: string): boolean {
    if (doubles.has(pointer)) return isInteger(text);
    let at: Known | undefined = known;
    for (const name of namesOf(pointer)) {
      if (!at.fields && !at.items) break;
      at = at.items ?? at.fields?.get(name);
      if (!at) return isUnknownKept;
    }
    return at.isStored;
  }

  return {
    needs(digits: Digits): boolean {
      for (const [pointer, text] of digits) if (isNeeded(pointer, text)) return true;
      return false;
    },
    /** of digits whose places are lost: the first whose number the row has where it must be exact */
    lost(row: unknown, digits: Digits): string | undefined {
      const rounded = new Map<unknown, string>();
      for (const text of digits.values()) if (!isInteger(text)) rounded.set(Number(text), text);
      if (rounded.size === 0) return undefined;
      for (const { path } of columns) {
        const found = numberIn(valueAt(row, path), rounded);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

function numberIn(value: unknown, rounded: ReadonlyMap<unknown, string>): string | undefined {
  if (!isObject(value)) return rounded.get(value);
  for (const child of Object.values(value)) {
    const found = numberIn(child, rounded);
    if (found !== undefined) return found;
  }
  return undefined;
}

import { namesOf, pointerTo, type Digits } from '../model/digits.js';
import { parsePath } from '../model/field-path.js';
import { isObject } from './field-watch.js';
import { valueAt } from '../model/value-at.js';

/** one row for each item of a list in the record */
interface RowsOfList {
  /** path of the list */
  each: string;
  /** field of the row -> path in the record, for what the items lack */
  with?: Record<string, string>;
  /** field of the row that gets the item's place in the list, from 0 */
  index?: string;
  /** rows of a record that comes again replace those that it had: items that are gone from its list go. mode `merge` only */
  replace?: boolean;
}

export type RowsOf = RowsOfList | ((record: unknown) => unknown[]);

export interface RowMaker {
  /** throws where the list is none: the record is rejected with the reason */
  make(record: unknown): unknown[];
  /** paths in the record of what its items lack */
  added?: readonly (readonly [field: string, path: string[]])[];
  /** the record's digits by the places that they have in each row; absent where a function of the definition moves them */
  place?(digits: Digits, record: unknown): (Digits | undefined)[];
}

type Added = (readonly [field: string, path: string[]])[];

export function rowsOf(rows: RowsOf): RowMaker {
  if (typeof rows === 'function') return { make: rows };
  const list = parsePath(rows.each);
  const added: Added = Object.entries(rows.with ?? {}).map(([field, path]) => [field, parsePath(path)]);
  const { index } = rows;

  return {
    make(record) {
      const items = valueAt(record, list);
      if (!Array.isArray(items)) throw new Error(`${rows.each}: expected a list, got ${shown(items)}`);
      const common = Object.fromEntries(added.map(([field, path]) => [field, valueAt(record, path)]));
      return items.map((item: unknown, at) => ({
        ...common,
        ...(index !== undefined && { [index]: at }),
        ...(hasFields(item) ? item : { value: item }),
      }));
    },
    added,
    place: (digits, record) => place(digits, valueAt(record, list), list, added),
  };
}

function place(digits: Digits, items: unknown, list: string[], added: Added): (Digits | undefined)[] {
  const placed: (Map<string, string> | undefined)[] = [];
  if (!Array.isArray(items)) return placed;
  const put = (at: number, path: string[], text: string) => {
    (placed[at] ??= new Map()).set(pointerTo(path), text);
  };
  for (const [pointer, text] of digits) {
    const names = namesOf(pointer);
    for (const [field, path] of added) {
      const rest = below(names, path);
      if (!rest) continue;
      for (const [at, item] of items.entries()) {
        const isOwn = hasFields(item) ? Object.hasOwn(item, field) : field === 'value';
        if (!isOwn) put(at, [field, ...rest], text);
      }
    }
    const [at, ...rest] = below(names, list) ?? [];
    if (at !== undefined) put(Number(at), hasFields(items[Number(at)]) ? rest : ['value', ...rest], text);
  }
  return placed;
}

/** the rest of a path that goes through another; undefined when it does not */
function below(names: string[], path: string[]): string[] | undefined {
  return path.every((name, at) => names[at] === name) ? names.slice(path.length) : undefined;
}

function hasFields(item: unknown): item is object {
  return isObject(item) && !Array.isArray(item);
}

/** the beginning of a value, of which JSON has no bigint */
function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  return (text ?? 'nothing').slice(0, 160);
}

import { valueAt } from './value-at.js';

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

/** throws where the list is none: the record is rejected with the reason */
export function rowsOf(rows: RowsOf): (record: unknown) => unknown[] {
  if (typeof rows === 'function') return rows;
  const list = rows.each.split('.');
  const added = Object.entries(rows.with ?? {}).map(([field, path]) => [field, path.split('.')] as const);
  return (record) => {
    const items = valueAt(record, list);
    if (!Array.isArray(items))
      throw new Error(`${rows.each}: expected a list, got ${JSON.stringify(items) ?? 'nothing'}`.slice(0, 200));
    const common = Object.fromEntries(added.map(([field, path]) => [field, valueAt(record, path)]));
    return items.map((item: unknown, at) => ({
      ...common,
      ...(rows.index && { [rows.index]: at }),
      ...(typeof item === 'object' && item !== null && !Array.isArray(item) ? item : { value: item }),
    }));
  };
}

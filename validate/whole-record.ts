import type { Digits } from '../model/digits.js';
import type { Stored } from './encode.js';
import { parentsPlan } from '../columns/parents.js';
import type { Entity } from './entity.js';
import type { Append } from './row-batch.js';
import { keyColumns, keyText, rowId, valueText } from './row-id.js';

/** takes the rows that a record gave and the reasons of those refused; appends all or none, and says why none */
export type Settle = (record: unknown, digits: Digits | undefined, made: Stored[][], refused: string[][]) => string[][];

const another = ['another row of the record was rejected, and its rows load together'];

/** for rows that replace those of an earlier version of their record: a list that lacks one would take it for gone */
export function wholeRecord({ plan, parent }: Entity, append: Append, appendParent: Append): Settle | undefined {
  const parents = parentsPlan(plan);
  if (!parents || !parent) return undefined;
  const keyAt = keyColumns(parents);
  const names = plan.columns.map(({ name }) => name);
  const shared = parents.columns.slice(0, -1).map(({ name }) => ({ name, at: names.indexOf(name) }));

  /** an item with a field that `with` names has its own value there */
  function unlike(row: Stored[], values: Stored[]): string[] | undefined {
    const found = shared.find(({ at }, n) => keyText(row[at] ?? null) !== keyText(values[n] ?? null));
    return found && [`${found.name}: is another in the item than in its record: give the field in with another name`];
  }

  return (record, digits, made, refused) => {
    const read = parent(record, digits);
    const values = 'values' in read ? read.values : [];
    const wrong = 'reasons' in read ? read.reasons : firstOf(made, (row) => unlike(row, values));
    const reasons = refused.length > 0 ? another : wrong;
    if (reasons) {
      const others = made.map(() => reasons);
      return refused.length + others.length > 0 ? [...refused, ...others] : [reasons];
    }
    const texts = [values, ...made].map((row) => row.map(valueText).join(''));
    const hash = rowId(texts.join(';'));
    for (const row of made) append(...row, hash);
    appendParent(...values, hash, rowId(keyAt.map((at) => keyText(values[at] ?? null)).join('')));
    return [];
  };
}

function firstOf<T, R>(items: T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

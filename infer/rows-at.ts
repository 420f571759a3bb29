import { addValue, anyField, noShape, type Shape } from './shape.js';

/** a way from a document to its rows, where they are no list */
export interface RowsAt {
  path: string[];
  /** members of an object, each a row; lists that are members of an object; or the columns of a table */
  by: 'members' | 'lists' | 'columns';
  /** field of a row that has the member's name */
  name: string;
  shape: Shape;
  /** of rows by member: their names */
  names: Shape;
}

/** the nearest place of a document whose rows are no list: `{ btc: {...}, eth: {...} }`, `{ day: [...] }`, `{ time: [...], value: [...] }` */
export function rowsAt(document: Shape, isMap: (shape: Shape) => boolean, path: string[] = []): RowsAt | undefined {
  const { objects } = document;
  if (!objects || objects.fields === 'many' || path.length > 2) return undefined;
  for (const [name, shape] of objects.fields) {
    if (shape.values < objects.count) continue;
    const own = [...path, name];
    const found = here(shape, own, isMap) ?? rowsAt(shape, isMap, own);
    if (found) return found;
  }
  return undefined;
}

function here(shape: Shape, path: string[], isMap: (shape: Shape) => boolean): RowsAt | undefined {
  const { objects } = shape;
  if (!objects || shape.values !== objects.count) return undefined;
  const { fields } = objects;
  if (fields !== 'many' && fields.size > 1 && objects.columnar === objects.count) {
    const longest = Math.max(...[...fields.values()].map(({ lists }) => lists?.longest ?? 0));
    if (longest > 1) return { path, by: 'columns', name: '', shape: columnar(fields), names: noShape() };
  }
  if (!isMap(shape)) return undefined;
  const member = anyField(objects);
  const base = { path, name: freeOf(member, path), names: namesOf(fields) };
  if (member.objects && member.objects.count === member.values) return { ...base, by: 'members', shape: member };
  const items = member.lists?.count === member.values ? member.lists.items : undefined;
  if (items?.objects && items.objects.count === items.values)
    return { ...base, name: freeOf(items, path), by: 'lists', shape: items };
  return undefined;
}

/** a row has one item of each list */
function columnar(fields: Map<string, Shape>): Shape {
  const rows = noShape();
  const inner = new Map([...fields].map(([name, { lists }]) => [name, lists?.items ?? noShape()] as const));
  const [first] = inner.values();
  const count = first?.values ?? 0;
  rows.values = count;
  rows.objects = { count, columnar: 0, fields: inner, unstorable: 0 };
  return rows;
}

function namesOf(fields: Map<string, Shape> | 'many'): Shape {
  const names = noShape();
  if (fields !== 'many') for (const name of fields.keys()) addValue(names, name);
  return names;
}

/** what the row's name in its document is called: nothing that the row has itself */
function freeOf({ objects }: Shape, path: string[]): string {
  const own = objects && objects.fields !== 'many' ? objects.fields : new Map();
  const last = path.at(-1) ?? 'row';
  return ['key', 'member', `${last}_key`, `${last}_key_2`].find((name) => !own.has(name)) ?? 'document_key';
}

import { text, tree, trees, type Tree } from '../check-tree.js';

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** the names of a column reference, `*` for a star */
export const fieldsOf = (column: Tree): string[] =>
  trees(column['fields']).map((field) => ('A_Star' in field ? '*' : text(tree(field['String'])['sval'])));

/** every node of a kind, at any depth, those inside of one that `isEnd` names left out */
export function nodesOf(value: unknown, kind: string, isEnd: (key: string) => boolean = () => false): Tree[] {
  if (Array.isArray(value)) return value.flatMap((item) => nodesOf(item, kind, isEnd));
  if (!isTree(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    ...(key === kind && isTree(child) ? [child] : []),
    ...(isEnd(key) ? [] : nodesOf(child, kind, isEnd)),
  ]);
}

/** a tree without the places where it was written, to compare two */
export const shape = (value: unknown): string =>
  JSON.stringify(value, (key, child: unknown) => (key.endsWith('location') ? undefined : child));

import { text, tree, trees, type Tree } from '../check-tree.js';

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** the names of a column reference, `*` for a star */
export const fieldsOf = (column: Tree): string[] =>
  trees(column['fields']).map((field) => ('A_Star' in field ? '*' : text(tree(field['String'])['sval'])));

/** every node of a kind, at any depth, those inside of one that `isEnd` names left out; it goes over each statement many times */
export function nodesOf(value: unknown, kind: string, isEnd: (key: string) => boolean = () => false): Tree[] {
  const found: Tree[] = [];
  const walk = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if (Array.isArray(one)) {
      for (const item of one) walk(item);
      return;
    }
    for (const key in one) {
      const child: unknown = (one as Tree)[key];
      if (typeof child !== 'object') continue;
      if (key === kind && isTree(child)) found.push(child);
      if (!isEnd(key)) walk(child);
    }
  };
  walk(value);
  return found;
}

/** a tree without the places where it was written, to compare two */
export const shape = (value: unknown): string =>
  JSON.stringify(value, (key, child: unknown) => (key.endsWith('location') ? undefined : child));

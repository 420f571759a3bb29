import { tree, type Tree } from '../check-tree.js';
import { isTree } from '../checks/walk.js';
import type { Catalog } from '../query/scope.js';
import { render, type Token } from '../tokens.js';
import { sightOf, type Sight } from './infer.js';

/** of the text that they make, where each token begins */
export function placesOf(tokens: Token[]): number[] {
  let length = 0;
  return tokens.map((token, at) => {
    const written = Buffer.byteLength(render([token]));
    const lead = at > 0 && (token.space || render([{ ...token, space: false }]).startsWith('E')) ? 1 : 0;
    // a string with a backslash gets a blank of its own
    const own = token.kind === 'string' && token.text.includes('\\') && token.space && at > 0 ? 1 : 0;
    const place = length + lead + own;
    length = place + written;
    return place;
  });
}

/** what `find` gives of every node, with the tables that the node sees */
export function inSight<T>(
  statement: Tree,
  catalog: Catalog,
  find: (kind: string, node: Tree, sight: Sight) => T[],
): T[] {
  const walk = (value: unknown, sight: Sight): T[] => {
    if (Array.isArray(value)) return value.flatMap((item) => walk(item, sight));
    if (!isTree(value)) return [];
    const isQuery = 'fromClause' in value || 'targetList' in value || 'withClause' in value;
    const inside = isQuery ? sightOf(value, sight, catalog) : sight;
    return Object.entries(value).flatMap(([kind, child]) => [
      ...(/^[A-Z]/.test(kind) && isTree(child) ? find(kind, tree(child), inside) : []),
      ...walk(child, inside),
    ]);
  };
  return walk(statement, { relations: [], common: new Map() });
}

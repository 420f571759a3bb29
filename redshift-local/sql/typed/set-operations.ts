import { tree, trees, type Tree } from '../check-tree.js';
import type { Catalog } from '../query/scope.js';
import { isSign, isWord, joinCommas, splitCommas, type Token } from '../tokens.js';
import { common } from './decimal.js';
import { digitsOf, sightOf } from './infer.js';
import { cast, selectList } from './select-list.js';

/** one SELECT of a set operation: its tokens, and where its list lies in them */
interface Part {
  tokens: Token[];
  list: [start: number, end: number];
  items: Token[][];
  targets: Tree[];
}

/** the SELECTs of a set operation without parentheses around any, in the order in which they are written */
function leaves(node: Tree): Tree[] {
  return node['op'] === 'SETOP_NONE' ? [node] : [tree(node['larg']), tree(node['rarg'])].flatMap(leaves);
}

function cut(tokens: Token[]): { parts: Token[][]; links: Token[] } {
  const parts: Token[][] = [[]];
  const links: Token[] = [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (isSign(token, '(') || isSign(token, '[')) depth++;
    if (isSign(token, ')') || isSign(token, ']')) depth--;
    const isLink =
      depth === 0 &&
      isWord(token, 'union', 'except', 'intersect') &&
      isWord(tokens[at + 1], 'all', 'distinct', 'select');
    if (isLink) {
      links.push(token);
      parts.push([]);
    } else parts.at(-1)?.push(token);
  }
  return { parts, links };
}

/** columns of decimals have the same digits in all parts of a set operation. AWS: r_UNION, usage notes */
export function typedParts(tokens: Token[], query: Tree, catalog: Catalog): Token[] {
  const nodes = leaves(query);
  const { parts: written, links } = cut(tokens);
  if (written.length !== nodes.length) return tokens;
  const around = sightOf(query, { relations: [], common: new Map() }, catalog);
  const parts = written.map((part, at): Part => {
    const list = selectList(part);
    const targets = trees(nodes[at]?.['targetList']).map((item) => tree(item['ResTarget']));
    return { tokens: part, list, items: splitCommas(part.slice(...list)), targets };
  });
  const width = parts[0]?.targets.length ?? 0;
  if (parts.some(({ list, items, targets }) => list[0] === 0 || items.length !== width || targets.length !== width))
    return tokens;
  const sights = nodes.map((node) => sightOf(node, around, catalog));
  for (let column = 0; column < width; column++) {
    const all = parts.map(({ targets }, at) => {
      const sight = sights[at];
      return sight && digitsOf(tree(targets[column]?.['val']), sight);
    });
    const wanted = common(all);
    const isSame = all.every((digits) => digits?.scale === wanted?.scale);
    if (!wanted || wanted.isWhole || isSame) continue;
    for (const { items, targets } of parts) items[column] = cast(items[column] ?? [], targets[column] ?? {}, wanted);
  }
  return parts.flatMap(({ tokens: part, list: [start, end], items }, at) => [
    ...(at === 0 ? [] : links.slice(at - 1, at)),
    ...part.slice(0, start),
    ...joinCommas(items),
    ...part.slice(end),
  ]);
}

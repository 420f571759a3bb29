import { nameOf, tree, type Tree } from '../check-tree.js';
import { isTree } from '../checks/walk.js';
import type { Catalog } from '../query/scope.js';
import { closing, isSign, isWord, render, type Token } from '../tokens.js';
import { compute } from './decimal.js';
import { digitsOf, sightOf, type Sight } from './infer.js';

/** where a division is written, in bytes, and the scale of its result */
type Division = [place: number, scale: number];

/** `a / b` of decimals -> `a / rs_local_divisor(b, scale)`, which cuts off behind the scale that Redshift gives the result */
export function divideDecimals(tokens: Token[], statement: Tree, catalog: Catalog): Token[] {
  if (!tokens.some((token) => isSign(token, '/'))) return tokens;
  const divisions = new Map(divisionsOf(statement, { relations: [], common: new Map() }, catalog));
  const places = placesOf(tokens);
  let out = tokens;
  // from the end, so that places before it stay
  for (let at = tokens.length - 1; at >= 0; at--) {
    const scale = isSign(tokens[at], '/') ? divisions.get(places[at] ?? -1) : undefined;
    const end = scale === undefined ? undefined : operandEnd(out, at + 1);
    if (end === undefined) continue;
    const [first, ...rest] = out.slice(at + 1, end);
    if (!first) continue;
    out = [
      ...out.slice(0, at + 1),
      { kind: 'word', text: 'redshift_catalog', space: true },
      { kind: 'sign', text: '.', space: false },
      { kind: 'word', text: 'rs_local_divisor', space: false },
      { kind: 'sign', text: '(', space: false },
      { ...first, space: false },
      ...rest,
      { kind: 'sign', text: ',', space: false },
      { kind: 'number', text: String(scale), space: true },
      { kind: 'sign', text: ')', space: false },
      ...out.slice(end),
    ];
  }
  return out;
}

/** of the text that they make, where each token begins */
function placesOf(tokens: Token[]): number[] {
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

function divisionsOf(value: unknown, sight: Sight, catalog: Catalog): Division[] {
  if (Array.isArray(value)) return value.flatMap((item) => divisionsOf(item, sight, catalog));
  if (!isTree(value)) return [];
  const isQuery = 'fromClause' in value || 'targetList' in value || 'withClause' in value;
  const inside = isQuery ? sightOf(value, sight, catalog) : sight;
  const own = tree(value['A_Expr']);
  const found = nameOf(own['name']).last === '/' ? division(own, inside) : [];
  return [...found, ...Object.values(value).flatMap((child) => divisionsOf(child, inside, catalog))];
}

function division(node: Tree, sight: Sight): Division[] {
  const left = digitsOf(tree(node['lexpr']), sight);
  const right = left && digitsOf(tree(node['rexpr']), sight);
  if (!left || !right || (left.isWhole && right.isWhole)) return [];
  return [[Number(node['location'] ?? 0), compute('/', left, right)?.scale ?? 0]];
}

/** where what stands behind a `/` ends; undefined where it is more than one value */
function operandEnd(tokens: Token[], start: number): number | undefined {
  let at = start;
  while (isSign(tokens[at], '-') || isSign(tokens[at], '+')) at++;
  if (isSign(tokens[at], '(')) at = closing(tokens, at) + 1;
  else if (isWord(tokens[at], 'case')) at = caseEnd(tokens, at);
  else {
    at++;
    while (isSign(tokens[at], '.')) at += 2;
    if (isSign(tokens[at], '(')) at = closing(tokens, at) + 1;
    if (isWord(tokens[at], 'over') && isSign(tokens[at + 1], '(')) at = closing(tokens, at + 1) + 1;
  }
  while (isSign(tokens[at], '::')) {
    at += isWord(tokens[at + 1], 'double') || isWord(tokens[at + 2], 'varying') ? 3 : 2;
    if (isSign(tokens[at], '(')) at = closing(tokens, at) + 1;
  }
  return isSign(tokens[at], '^') || isSign(tokens[at], '[') || isSign(tokens[at], '.') ? undefined : at;
}

function caseEnd(tokens: Token[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    if (isWord(tokens[at], 'case')) depth++;
    if (isWord(tokens[at], 'end') && --depth === 0) return at + 1;
  }
  return tokens.length;
}

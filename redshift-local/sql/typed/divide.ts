import { nameOf, tree, type Tree } from '../check-tree.js';
import type { Catalog } from '../query/scope.js';
import { closing, isSign, isWord, type Token } from '../tokens.js';
import { compute } from './decimal.js';
import { digitsOf, type Sight } from './infer.js';
import { inSight } from './places.js';

/** where a division is written, in bytes, and the scale of its result */
type Division = [place: number, scale: number];

/** `a / b` of decimals -> `a / rs_local_divisor(b, scale)`, which cuts off behind the scale that Redshift gives the result */
export function divideDecimals(tokens: Token[], places: number[], statement: Tree, catalog: Catalog): Token[] {
  if (!tokens.some((token) => isSign(token, '/'))) return tokens;
  const divisions = new Map(
    inSight(statement, catalog, (key, node, sight) => (key === 'A_Expr' ? division(node, sight) : [])),
  );
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

function division(node: Tree, sight: Sight): Division[] {
  if (nameOf(node['name']).last !== '/') return [];
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

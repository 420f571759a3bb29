import { tree, trees, type Tree } from '../check-tree.js';
import type { Catalog } from '../query/scope.js';
import { assignedLiterals } from './assigned-literals.js';
import { isSign, isWord, render, type Token } from '../tokens.js';
import { kindOf, type Sight } from './infer.js';
import { inSight } from './places.js';

/** values of which one has the type of the others: beside SUPER PostgreSQL would read a literal as JSON */
const groups: Record<string, (node: Tree) => unknown[]> = {
  CoalesceExpr: (node) => trees(node['args']),
  MinMaxExpr: (node) => trees(node['args']),
  CaseExpr: (node) => [...trees(node['args']).map((item) => tree(item['CaseWhen'])['result']), node['defresult']],
  A_Expr: (node) =>
    node['kind'] === 'AEXPR_IN' ? [node['lexpr'], ...trees(tree(tree(node['rexpr'])['List'])['items'])] : [],
};

const isValue = ({ kind, text }: Token) => kind === 'string' || kind === 'number' || /^\$\d+$/.test(text);

/** a literal beside a SUPER column, or written into one, is a value of SUPER */
export function superLiterals(tokens: Token[], places: number[], statement: Tree, catalog: Catalog): Token[] {
  if (!tokens.some(isValue)) return tokens;
  const isAny = tokens.some((token) => isWord(token, 'coalesce', 'case', 'in', 'greatest', 'least'));
  const beside = isAny ? inSight(statement, catalog, literalsOf) : [];
  const found = new Set([...beside, ...assignedLiterals(statement, catalog)]);
  if (found.size === 0) return tokens;
  const isFound = (at: number) => found.has(places[at] ?? -1);
  const isMinus = (at: number) => isSign(tokens[at], '-') && isFound(at) && tokens[at + 1]?.kind === 'number';
  return tokens.map((token, at) => {
    // the sign goes into the call with its number
    if (isMinus(at)) return { ...token, text: '' };
    if (!isValue(token) || !(isFound(at) || isMinus(at - 1))) return token;
    const written = `${isMinus(at - 1) ? '-' : ''}${render([{ ...token, space: false }])}`;
    return { kind: 'word', text: `rs_local_super(${written})`, space: token.space };
  });
}

function literalsOf(kind: string, node: Tree, sight: Sight): number[] {
  const values = (Object.hasOwn(groups, kind) ? (groups[kind]?.(node) ?? []) : []).map(tree);
  const literals = values.filter((value) => 'A_Const' in value && !('isnull' in tree(value['A_Const'])));
  if (literals.length === 0 || !values.some((value) => kindOf(value, sight) === 'super')) return [];
  return literals.map((value) => Number(tree(value['A_Const'])['location'] ?? 0));
}

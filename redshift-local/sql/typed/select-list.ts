import { text, tree, type Tree } from '../check-tree.js';
import { closing, isSign, isWord, type Token } from '../tokens.js';
import type { Digits } from './decimal.js';

const ends = ['from', 'where', 'group', 'having', 'order', 'limit', 'offset', 'into'];

/** where the select list of the outermost query begins and ends; zero where there is none that is plain */
export function selectList(tokens: Token[]): [start: number, end: number] {
  let depth = 0;
  let start = 0;
  const around = parentheses(tokens);
  const last = tokens.length - around;
  for (let at = around; at < last; at++) {
    const token = tokens[at];
    if (isSign(token, '(') || isSign(token, '[')) depth++;
    if (isSign(token, ')') || isSign(token, ']')) depth--;
    if (depth > 0) continue;
    if (start === 0 && isWord(token, 'select')) start = isWord(tokens[at + 1], 'distinct', 'all') ? at + 2 : at + 1;
    else if (start > 0 && isWord(token, ...ends) && !isSign(tokens[at - 1], '.') && !isWord(tokens[at - 1], 'as'))
      return [start, at];
  }
  return [start, last];
}

/** how many pairs of them are around the whole, as dbt writes it */
function parentheses(tokens: Token[]): number {
  let open = 0;
  while (isSign(tokens[open], '(') && closing(tokens, open) === tokens.length - 1 - open) open++;
  return open;
}

/** what PostgreSQL calls a column without an alias, as far as a cast would change it */
const nameless: Record<string, string> = { A_Expr: '?column?', A_Const: '?column?', CaseExpr: 'case' };

/** an item of a select list with these digits, under the name that it had */
export function cast(item: Token[], target: Tree, { precision, scale }: Digits): Token[] {
  const hasAlias = text(target['name']) !== '';
  const alias = hasAlias ? (isWord(item.at(-2), 'as') && item.length > 2 ? -2 : -1) : item.length;
  const [first, ...rest] = item.slice(0, alias);
  const name = nameless[Object.keys(tree(target['val']))[0] ?? ''];
  const as: Token[] =
    hasAlias || name === undefined
      ? item.slice(alias)
      : [
          { kind: 'word', text: 'as', space: true },
          { kind: 'quoted', text: `"${name}"`, space: true },
        ];
  return [
    { kind: 'sign', text: '(', space: true },
    ...(first ? [{ ...first, space: false }, ...rest] : []),
    { kind: 'sign', text: ')', space: false },
    { kind: 'sign', text: '::', space: false },
    { kind: 'word', text: `numeric(${precision}, ${scale})`, space: false },
    ...as,
  ];
}

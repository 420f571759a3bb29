import { Refusal } from '../refusal.js';
import { isSign, isWord, nameOf, type Token } from '../tokens.js';
import { closingAny, inParentheses, joined, word } from './read-query.js';
import { quoted, type Relation } from './scope.js';

const sign = (text: string): Token => ({ kind: 'sign', text, space: false });
const number = (text: string): Token => ({ kind: 'number', text, space: true });
const child = 'rs_local_child';
const parent = 'rs_local_parent';

/** the rows of a hierarchy with their LEVEL, as a recursive query */
export function hierarchy(from: Token[], relation: Relation, start: Token[] | undefined, connect: Token[]): Token[] {
  if (!connect.some((token) => isWord(token, 'prior')))
    throw new Refusal('connect by', 'CONNECT BY needs a condition with PRIOR');
  if (connect.some((token) => isWord(token, 'nocycle'))) throw new Refusal('connect by', 'Redshift has no NOCYCLE');
  const columns = relation.columns() ?? [];
  const own = columns.map((name) => [quoted(name)]);
  const names = [...own, [quoted('level')]];
  const roots = [
    word('select'),
    ...joined([...own, [number('1')]]),
    word('from'),
    ...from,
    ...(start ? [word('where'), ...start.slice(2)] : []),
  ];
  const rows = [word('select'), ...joined(own.length > 0 ? own : [[number('1')]]), word('from'), ...from];
  const below = [
    word('select'),
    ...joined([
      ...own.map(([name]) => dotted(child, name)),
      [...dotted(parent, quoted('level')), sign('+'), number('1')],
    ]),
    word('from'),
    ...inParentheses(rows),
    word('as'),
    word(child),
    word('join'),
    word('rs_local_tree'),
    word('as'),
    word(parent),
    word('on'),
    ...condition(connect.slice(2), relation, columns),
  ];
  const body = [...roots, word('union'), word('all'), ...below];
  return [
    word('with'),
    word('recursive'),
    word('rs_local_tree'),
    ...inParentheses(joined(names)),
    word('as'),
    ...inParentheses(body),
    word('select'),
    sign('*'),
    word('from'),
    word('rs_local_tree'),
  ];
}

const dotted = (table: string, name: Token | undefined): Token[] =>
  name ? [word(table), sign('.'), { ...name, space: false }] : [];

/** columns of the row itself, and behind PRIOR those of its parent */
function condition(tokens: Token[], { name: own }: Relation, columns: string[]): Token[] {
  const out: Token[] = [];
  let until = -1;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    if (isWord(token, 'prior')) {
      until = isSign(tokens[at + 1], '(') ? closingAny(tokens, at + 1) : isSign(tokens[at + 2], '.') ? at + 3 : at + 1;
      continue;
    }
    const table = at <= until ? parent : child;
    const name = nameOf(token);
    if (isWord(token, 'level'))
      out.push(...dotted(parent, quoted('level')), ...(table === parent ? [] : [sign('+'), number('1')]));
    else if (name !== undefined && name === own && isSign(tokens[at + 1], '.')) {
      out.push(...dotted(table, tokens[at + 2]));
      at += 2;
    } else if (
      name !== undefined &&
      columns.includes(name) &&
      !isSign(tokens[at - 1], '.') &&
      !isSign(tokens[at + 1], '(')
    )
      out.push(...dotted(table, token));
    else out.push(token);
  }
  return out;
}

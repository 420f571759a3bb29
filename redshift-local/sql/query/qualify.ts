import { Refusal } from '../refusal.js';
import { isWord, nameOf, splitCommas, type Token } from '../tokens.js';
import { itemOf, outputName } from './output-name.js';
import { inParentheses, joined, word, type Select } from './read-query.js';
import { expanded, inline, isStar } from './select-list.js';
import { quoted, type Relation } from './scope.js';

const sign = (text: string): Token => ({ kind: 'sign', text, space: false });
const source = 'rs_local_qualified';

/** QUALIFY: the windows in a subquery, the condition as a column of it, which the query around it asks */
export function qualified(
  select: Select,
  condition: Token[],
  aliases: Map<string, Token[]>,
  relations: Relation[],
): Select {
  const test = inline(condition, aliases, relations);
  if (![...test, ...select.items.flat()].some((token) => isWord(token, 'over')))
    throw new Refusal('qualify', 'QUALIFY needs a window function in its condition or in the SELECT list');
  const items = select.items.flatMap((item) => (isStar(item) ? (expanded(item, relations) ?? [item]) : [item]));
  const named = items.map((item, at) => {
    const { value, alias } = itemOf(item);
    return { value, name: nameOf(alias) ?? outputName(value), inside: `rs_local_${at}` };
  });
  const { order, keys } = orderKeys(select.clauses.get('order'), named, aliases, relations);
  const inside: Token[][] = [
    ...named.map(({ value, inside: name }) => (isStar(value) ? value : [...value, word('as'), quoted(name)])),
    [...inParentheses(test), word('as'), quoted('rs_local_test')],
    ...keys,
  ];
  const outside = named.map(({ value, name, inside: from }) =>
    isStar(value) ? [sign('*')] : [quoted(from), word('as'), quoted(name)],
  );
  const clauses = new Map(select.clauses);
  for (const name of ['qualify', 'order', 'limit', 'offset'] as const) clauses.delete(name);
  const body = [...joined([[word('select'), ...joined(inside)]]), ...[...clauses.values()].flat()];
  const rest = new Map(select.clauses);
  for (const name of select.clauses.keys()) if (name !== 'limit' && name !== 'offset') rest.delete(name);
  rest.set('from', [word('from'), ...inParentheses(body), word('as'), quoted(source)]);
  rest.set('where', [word('where'), quoted('rs_local_test')]);
  if (order.length > 0) rest.set('order', [word('order'), word('by'), ...joined(order)]);
  return { head: select.head, items: outside, into: select.into, clauses: rest };
}

/** ORDER BY of the query around: ordinals and aliases stay, other expressions become columns inside */
function orderKeys(
  clause: Token[] | undefined,
  named: { value: Token[]; name: string; inside: string }[],
  aliases: Map<string, Token[]>,
  relations: Relation[],
) {
  const keys: Token[][] = [];
  const order = splitCommas((clause ?? []).slice(2)).map((item) => {
    const end = item.findIndex((token) => isWord(token, 'asc', 'desc', 'nulls'));
    const [value, direction] = end < 0 ? [item, []] : [item.slice(0, end), item.slice(end)];
    if (value.length === 1 && value[0]?.kind === 'number') return item;
    const name = value.length === 1 ? nameOf(value[0]) : undefined;
    if (name !== undefined && named.some((one) => one.name === name)) return item;
    const key = `rs_local_key_${keys.length}`;
    keys.push([...inline(value, aliases, relations), word('as'), quoted(key)]);
    return [quoted(key), ...direction];
  });
  return { order, keys };
}

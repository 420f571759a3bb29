import { Refusal } from '../refusal.js';
import { isSign, isWord, nameOf, splitCommas, type Token } from '../tokens.js';
import { closingAny, inParentheses, isQuery, word } from './read-query.js';
import { itemOf, outputName } from './output-name.js';
import { columnsOf, quoted, type Relation } from './scope.js';

const sign = (text: string): Token => ({ kind: 'sign', text, space: false });

/** `*` or `alias.*`: the relations whose columns it gives */
function starOf(value: Token[], relations: Relation[]): Relation[] | undefined {
  if (!isSign(value.at(-1), '*') || value.length === 2 || value.length > 5) return undefined;
  if (value.length === 1) return relations;
  if (!isSign(value.at(-2), '.')) return undefined;
  return relations.filter(({ name }) => name === nameOf(value.at(-3)));
}

export const isStar = (item: Token[]) => isSign(item.at(-1), '*') && (item.length === 1 || isSign(item.at(-2), '.'));

/** the columns of a star, each by its relation's name; undefined where they are not known */
export function expanded(star: Token[], relations: Relation[]): Token[][] | undefined {
  const of = starOf(star, relations);
  if (!of || columnsOf(of) === undefined) return undefined;
  return of.flatMap(({ name, columns }) =>
    (columns() ?? []).map((column) => [
      ...(name === undefined ? [] : [quoted(name), sign('.')]),
      { ...quoted(column), space: name === undefined },
    ]),
  );
}

/** `* EXCLUDE (a, b)` or `* EXCLUDE a, b`, the last item of its SELECT or the only one without parentheses */
export function withoutExcluded(items: Token[][], relations: Relation[]): Token[][] {
  const at = items.findIndex((item) =>
    item.some((token, place) => isWord(token, 'exclude') && isSign(item[place - 1], '*')),
  );
  const item = items[at];
  if (!item) return items;
  const place = item.findIndex((token, index) => isWord(token, 'exclude') && isSign(item[index - 1], '*'));
  const list = item.slice(place + 1);
  const isGrouped = isSign(list[0], '(');
  const names = isGrouped ? splitCommas(list.slice(1, -1)) : [list, ...items.slice(at + 1)];
  const excluded = names.map((name) => {
    const found = nameOf(name[0]);
    if (name.length !== 1 || found === undefined)
      throw new Refusal('exclude', 'EXCLUDE takes names of columns: * EXCLUDE (a, b)');
    return found;
  });
  const rest = isGrouped ? items.slice(at + 1) : [];
  const all = expanded(item.slice(0, place), relations);
  if (!all) return [...items.slice(0, at), item.slice(0, place), ...rest];
  const missing = excluded.find((name) => !all.some((column) => nameOf(column.at(-1)) === name));
  if (missing !== undefined) throw new Refusal('exclude', `column "${missing}" in the EXCLUDE list does not exist`);
  const kept = all.filter((column) => !excluded.includes(nameOf(column.at(-1)) ?? ''));
  return [...items.slice(0, at), ...kept, ...rest];
}

/** `a AS x, x + 1`: an alias in the items behind it, unless a column has its name */
export function withAliases(
  items: Token[][],
  relations: Relation[],
): { items: Token[][]; aliases: Map<string, Token[]> } {
  const aliases = new Map<string, Token[]>();
  const done = items.map((item) => {
    const { value, alias } = itemOf(item);
    const inlined = inline(value, aliases, relations);
    const own = nameOf(alias);
    if (own !== undefined && !aliases.has(own)) aliases.set(own, inlined);
    if (inlined === value) return item;
    return alias
      ? [...inlined, word('as'), { ...alias, space: true }]
      : [...inlined, word('as'), quoted(outputName(value))];
  });
  return { items: done, aliases };
}

/** names that stand for earlier items replaced by what those say */
export function inline(tokens: Token[], aliases: Map<string, Token[]>, relations: Relation[]): Token[] {
  if (aliases.size === 0) return tokens;
  let isChanged = false;
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    if (isSign(token, '(') && isQuery(tokens.slice(at + 1))) {
      const close = closingAny(tokens, at);
      out.push(...tokens.slice(at, close + 1));
      at = close;
      continue;
    }
    const value = aliases.get(nameOf(token) ?? '');
    const isBare = !isSign(tokens[at - 1], '.') && !isSign(tokens[at + 1], '.') && !isSign(tokens[at + 1], '(');
    if (!value || !isBare || isType(tokens, at) || columnsOf(relations)?.includes(nameOf(token) ?? '')) out.push(token);
    else {
      out.push(...(value.length === 1 ? value.map((only) => ({ ...only, space: token.space })) : inParentheses(value)));
      isChanged = true;
    }
  }
  return isChanged ? out : tokens;
}

/** the type of a cast, or the part of a date: no column */
function isType(tokens: Token[], at: number): boolean {
  if (isSign(tokens[at - 1], '::') || isWord(tokens[at - 1], 'as')) return true;
  const isPart =
    isSign(tokens[at - 1], '(') &&
    isWord(tokens[at - 2], 'datediff', 'dateadd', 'date_part', 'extract', 'date_diff', 'date_add', 'convert');
  return isPart && tokens[at]?.kind === 'word';
}

const aggregates =
  'count sum avg min max stddev stddev_samp stddev_pop variance var_samp var_pop bool_and bool_or bit_and bit_or any_value median listagg percentile_cont percentile_disc approximate'.split(
    ' ',
  );

/** an aggregate that is not a window, outside of subqueries */
function isAggregate(tokens: Token[]): boolean {
  for (let at = 0; at < tokens.length; at++) {
    if (isSign(tokens[at], '(') && isQuery(tokens.slice(at + 1))) {
      at = closingAny(tokens, at);
      continue;
    }
    if (!isWord(tokens[at], ...aggregates) || !isSign(tokens[at + 1], '(') || isSign(tokens[at - 1], '.')) continue;
    let end = closingAny(tokens, at + 1);
    if (isWord(tokens[end + 1], 'within')) end = closingAny(tokens, end + 3);
    if (!isWord(tokens[end + 1], 'over')) return true;
  }
  return false;
}

/** GROUP BY ALL: every item that is no aggregate; undefined where none is left */
export function groupByAll(items: Token[][], relations: Relation[]): Token[] | undefined {
  const keys = items.flatMap((item) => {
    if (isStar(item)) return expanded(item, relations) ?? [];
    const { value } = itemOf(item);
    const isConstant = value.length === 1 && value[0]?.kind !== 'word' && value[0]?.kind !== 'quoted';
    const isWindow = value.some((token) => isWord(token, 'over'));
    return isAggregate(value) || isConstant || isWindow ? [] : [inParentheses(value)];
  });
  if (keys.length === 0) return undefined;
  return [word('group'), word('by'), ...keys.flatMap((key, at) => (at === 0 ? key : [sign(','), ...key]))];
}

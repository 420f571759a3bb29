import { isSign, isWord, nameOf, type Token } from '../tokens.js';
import { closingAny } from './read-query.js';
import { pathEnd } from './read-from.js';

const isName = (token: Token | undefined) => token?.kind === 'word' || token?.kind === 'quoted';
const operatorWords = [
  'and',
  'or',
  'not',
  'is',
  'in',
  'like',
  'ilike',
  'between',
  'similar',
  'end',
  'null',
  'isnull',
  'notnull',
  'escape',
  'ignore',
  'respect',
  'nulls',
  'over',
];

/** an item of a SELECT and its alias, where it says one */
export function itemOf(item: Token[]): { value: Token[]; alias: Token | undefined } {
  const [before, last] = [item.at(-2), item.at(-1)];
  if (item.length < 2 || !isName(last)) return { value: item, alias: undefined };
  if (isWord(before, 'as')) return { value: item.slice(0, -2), alias: last };
  if (endsInUnit(item)) return { value: item, alias: undefined };
  const isValueEnd =
    before?.kind === 'number' ||
    before?.kind === 'string' ||
    before?.kind === 'parameter' ||
    isSign(before, ')') ||
    isSign(before, ']');
  const isWordEnd =
    isName(before) &&
    (before?.kind === 'quoted' || !isWord(before, ...operatorWords, 'double') || isWord(before, 'end', 'null'));
  if (isWord(last, ...operatorWords) || !(isValueEnd || isWordEnd)) return { value: item, alias: undefined };
  // `date '...'`-like types end in a string, `double precision` in its own second word
  return { value: item.slice(0, -1), alias: last };
}

/** `interval '1' year`, `interval '1-2' year to month`: the unit is not an alias */
function endsInUnit(item: Token[]): boolean {
  const isUnit = isWord(item.at(-1), 'year', 'month', 'day', 'hour', 'minute', 'second');
  const start = isWord(item.at(-2), 'to') ? -4 : -2;
  return isUnit && item.at(start)?.kind === 'string' && isWord(item.at(start - 1), 'interval');
}

/** the name that a column gets without an alias */
export function outputName(value: Token[]): string {
  const cast = value.findLastIndex((token, at) => isSign(token, '::') && depthAt(value, at) === 0);
  if (cast > 0) return outputName(value.slice(0, cast));
  const [first] = value;
  if (isWord(first, 'case')) return 'case';
  if (!isName(first)) return '?column?';
  const end = pathEnd(value, 0);
  if (end === value.length) return nameOf(value.findLast((token) => isName(token))) ?? '?column?';
  if (!isSign(value[end], '(')) return '?column?';
  const close = closingAny(value, end) + 1;
  const isCast = isWord(first, 'cast') && close === value.length;
  if (isCast) {
    const as = value.findLastIndex((token) => isWord(token, 'as'));
    const name = outputName(value.slice(2, as));
    return name === '?column?' ? (value[as + 1]?.text ?? name) : name;
  }
  const rest = value.slice(close);
  const isWindow = rest.length === 0 || isWord(rest[0], 'over', 'ignore', 'respect', 'within');
  return isWindow ? (nameOf(value[end - 1]) ?? '?column?') : '?column?';
}

/** as Redshift's parser reads them before it names a column */
const spelled: Record<string, string> = {
  nvl: 'coalesce',
  nvl2: 'case',
  decode: 'case',
  extract: 'date_part',
  trim: 'btrim',
};

/** what a column of a call is named, where the call runs under another name here */
export function callName(value: Token[]): string | undefined {
  const [first, open] = value;
  if (
    first?.kind !== 'word' ||
    !isSign(open, '(') ||
    isWord(first, 'cast', 'try_cast', 'convert', 'case', 'exists', 'not', 'row')
  )
    return undefined;
  const name = outputName(value);
  return name === first.text ? (Object.hasOwn(spelled, name) ? spelled[name] : name) : undefined;
}

function depthAt(tokens: Token[], end: number): number {
  let depth = 0;
  for (const token of tokens.slice(0, end)) {
    if (isSign(token, '(')) depth++;
    if (isSign(token, ')')) depth--;
  }
  return depth;
}

import { Refusal } from '../refusal.js';
import { isSign, isWord, splitCommas, type Token } from '../tokens.js';

/** the words that begin a clause of a SELECT, in the order in which they are written */
const clauseNames = [
  'from',
  'where',
  'start',
  'connect',
  'group',
  'having',
  'qualify',
  'order',
  'limit',
  'offset',
] as const;
type ClauseName = (typeof clauseNames)[number];

/** one SELECT, cut at its clauses; the words of a clause stay with it */
export interface Select {
  /** SELECT, ALL or DISTINCT, TOP n */
  head: Token[];
  items: Token[][];
  /** INTO and its table */
  into: Token[];
  clauses: Map<ClauseName, Token[]>;
}

type Term = { select: Select } | { group: Token[] };

/** WITH queries, and SELECTs between UNION, EXCEPT, INTERSECT; ORDER BY and LIMIT of all are `tail` */
export interface Query {
  with: Common[];
  isRecursive: boolean;
  terms: Term[];
  /** the words between the terms */
  links: Token[][];
  /** of a query with several terms, or one in parentheses */
  tail: Token[];
}

interface Common {
  name: Token;
  columns: Token[] | undefined;
  query: Token[];
}

const opening = (token: Token | undefined) => isSign(token, '(') || isSign(token, '[');
const isEnd = (token: Token | undefined) => isSign(token, ')') || isSign(token, ']');

/** a word that is not a name: neither part of a path nor an alias */
const isKeyword = (tokens: Token[], at: number, ...words: string[]) =>
  isWord(tokens[at], ...words) &&
  !isSign(tokens[at - 1], '.') &&
  !isSign(tokens[at + 1], '.') &&
  !isWord(tokens[at - 1], 'as');

function clauseAt(tokens: Token[], at: number): ClauseName | undefined {
  if (!isKeyword(tokens, at, ...clauseNames)) return undefined;
  const name = tokens[at]?.text as ClauseName;
  const next = tokens[at + 1];
  if (name === 'group' || name === 'order' || name === 'connect') return isWord(next, 'by') ? name : undefined;
  if (name === 'start') return isWord(next, 'with') ? name : undefined;
  if (name === 'offset' && isWord(tokens[at - 1], 'with')) return undefined;
  const isName = next === undefined || isSign(next, ',') || isSign(next, '=') || isSign(next, ')');
  return name === 'qualify' && (isName || isSign(tokens[at - 1], ',')) ? undefined : name;
}

/** a SELECT, a WITH, or parentheses around one */
export function isQuery(tokens: Token[]): boolean {
  const first = tokens.findIndex((token) => !isSign(token, '('));
  return isWord(tokens[first], 'select') || (isWord(tokens[first], 'with') && !isSign(tokens[first + 1], ')'));
}

export function readQuery(given: Token[]): Query {
  const { common, isRecursive, rest } = readWith(given);
  const terms: Term[] = [];
  const links: Token[][] = [];
  let tokens = rest;
  for (;;) {
    const end = termEnd(tokens);
    const body = tokens.slice(0, end);
    tokens = tokens.slice(end);
    if (isSign(body[0], '(')) {
      const close = closingAny(body, 0);
      terms.push({ group: body.slice(1, close) });
      const tail = [...body.slice(close + 1), ...tokens];
      if (tokens.length === 0) return { with: common, isRecursive, terms, links, tail };
    } else terms.push({ select: readSelect(body) });
    if (tokens.length === 0) break;
    const size = isWord(tokens[1], 'all', 'distinct') ? 2 : 1;
    links.push(tokens.slice(0, size));
    tokens = tokens.slice(size);
  }
  return { with: common, isRecursive, terms, links, tail: terms.length > 1 ? takeTail(terms) : [] };
}

/** ORDER BY and LIMIT behind the last SELECT of several belong to all of them */
function takeTail(terms: Term[]): Token[] {
  const last = terms.at(-1);
  if (!last || !('select' in last)) return [];
  const { clauses } = last.select;
  const tail = (['order', 'limit', 'offset'] as const).flatMap((name) => clauses.get(name) ?? []);
  for (const name of ['order', 'limit', 'offset'] as const) clauses.delete(name);
  return tail;
}

function termEnd(tokens: Token[]): number {
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    if (opening(tokens[at])) depth++;
    if (isEnd(tokens[at])) depth--;
    const isLink = depth === 0 && at > 0 && isKeyword(tokens, at, 'union', 'except', 'intersect', 'minus');
    if (isLink && isQuery(tokens.slice(isWord(tokens[at + 1], 'all', 'distinct') ? at + 2 : at + 1))) return at;
  }
  return tokens.length;
}

function readWith(tokens: Token[]): { common: Common[]; isRecursive: boolean; rest: Token[] } {
  if (!isWord(tokens[0], 'with')) return { common: [], isRecursive: false, rest: tokens };
  const isRecursive = isWord(tokens[1], 'recursive');
  const common: Common[] = [];
  let at = isRecursive ? 2 : 1;
  for (;;) {
    const name = tokens[at];
    let columns: Token[] | undefined;
    at++;
    if (isSign(tokens[at], '(')) {
      const close = closingAny(tokens, at);
      columns = tokens.slice(at, close + 1);
      at = close + 1;
    }
    if (isWord(tokens[at + 1], 'materialized', 'not'))
      throw new Refusal('with', 'Redshift has no [NOT] MATERIALIZED in WITH');
    if (!name || !isWord(tokens[at], 'as') || !isSign(tokens[at + 1], '('))
      throw new Refusal(
        'syntax',
        `syntax error at or near "${tokens[at]?.text ?? 'the end'}": WITH name AS (query) is expected`,
      );
    const close = closingAny(tokens, at + 1);
    common.push({ name, columns, query: tokens.slice(at + 2, close) });
    at = close + 1;
    if (!isSign(tokens[at], ',')) return { common, isRecursive, rest: tokens.slice(at) };
    at++;
  }
}

function readSelect(tokens: Token[]): Select {
  const size = headSize(tokens);
  const cut: { name: ClauseName; at: number }[] = [];
  let into = -1;
  let depth = 0;
  for (let at = size; at < tokens.length; at++) {
    if (opening(tokens[at])) depth++;
    if (isEnd(tokens[at])) depth--;
    if (depth > 0) continue;
    const name = clauseAt(tokens, at);
    if (name) cut.push({ name, at });
    if (cut.length === 0 && isKeyword(tokens, at, 'into')) into = at;
  }
  const clauses = new Map<ClauseName, Token[]>();
  for (const [index, { name, at }] of cut.entries()) {
    if (clauses.has(name)) throw new Refusal('syntax', `syntax error at or near "${name}"`);
    clauses.set(name, tokens.slice(at, cut[index + 1]?.at));
  }
  const end = cut[0]?.at ?? tokens.length;
  return {
    head: tokens.slice(0, size),
    items: splitCommas(tokens.slice(size, into < 0 ? end : into)),
    into: into < 0 ? [] : tokens.slice(into, end),
    clauses,
  };
}

function headSize(tokens: Token[]): number {
  let at = 1;
  if (isWord(tokens[at], 'all', 'distinct') && !isWord(tokens[at + 1], 'from')) at++;
  const isTop =
    isWord(tokens[at], 'top') && (tokens[at + 1]?.kind === 'number' || tokens[at + 1]?.kind === 'parameter');
  return isTop ? at + 2 : at;
}

/** position of what closes the parenthesis or bracket at `open` */
export function closingAny(tokens: Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (opening(tokens[at])) depth++;
    if (isEnd(tokens[at]) && --depth === 0) return at;
  }
  throw new Refusal('syntax', 'syntax error: unbalanced parenthesis');
}

const sign = (text: string, space = false): Token => ({ kind: 'sign', text, space });
export const word = (text: string): Token => ({ kind: 'word', text, space: true });

/** lists with a comma between them */
export const joined = (lists: Token[][]): Token[] =>
  lists.flatMap((list, at) => (at === 0 ? spaced(list) : [sign(','), ...spaced(list)]));

export const spaced = (tokens: Token[]): Token[] =>
  tokens.map((token, at) => (at === 0 && !token.space ? { ...token, space: true } : token));

export const inParentheses = (tokens: Token[]): Token[] => [sign('(', true), ...tokens, sign(')')];

export function writeSelect({ head, items, into, clauses }: Select): Token[] {
  const rest = clauseNames.flatMap((name) => spaced(clauses.get(name) ?? []));
  return [...head, ...joined(items), ...spaced(into), ...rest];
}

export function writeQuery(query: Query, terms: Token[][]): Token[] {
  const common = query.with.map(({ name, columns, query: body }) => [
    name,
    ...(columns ?? []),
    word('as'),
    ...inParentheses(body),
  ]);
  const prefix =
    common.length > 0 ? [word('with'), ...(query.isRecursive ? [word('recursive')] : []), ...joined(common)] : [];
  const body = terms.flatMap((term, at) => [...spaced(query.links[at - 1] ?? []), ...spaced(term)]);
  return [...prefix, ...body, ...spaced(query.tail)];
}

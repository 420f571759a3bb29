import { Refusal } from '../refusal.js';
import { isSign, isWord, type Token } from '../tokens.js';
import { closingAny, isQuery } from './read-query.js';

/** one table reference of FROM */
export interface Reference {
  /** the comma or the words of the join before it; empty for the first */
  link: Token[];
  /** a name with what follows its dots, or parentheses */
  source: Token[];
  kind: 'path' | 'query' | 'join' | 'call' | 'unpivoted object';
  /** UNNEST(...) WITH OFFSET */
  hasOffset: boolean;
  /** PIVOT or UNPIVOT with its parentheses */
  turn: Token[];
  /** the alias before PIVOT or UNPIVOT */
  turnedAlias: Token | undefined;
  alias: Token | undefined;
  /** column names behind the alias, with their parentheses */
  columns: Token[];
  /** of AT name */
  at: Token | undefined;
  /** ON condition or USING (...) */
  on: Token[];
}

const joinWords = ['natural', 'left', 'right', 'full', 'inner', 'cross', 'join'];
const noAlias = [...joinWords, ...'on using outer at pivot unpivot tablesample as window for returning set'.split(' ')];
const isName = (token: Token | undefined) => token?.kind === 'word' || token?.kind === 'quoted';

/** FROM without its word, and what comes behind it that is not a table: PostgreSQL's parser says what it is */
export function readFrom(tokens: Token[]): { references: Reference[]; rest: Token[] } {
  const references: Reference[] = [];
  for (let at = 0; at < tokens.length;) {
    const start = at;
    if (references.length > 0) at = linkEnd(tokens, at);
    const isOdd = (references.length > 0 && at === start) || isWord(tokens[at], 'lateral', 'only');
    if (isOdd) return { references, rest: tokens.slice(start) };
    const { reference, end } = readReference(tokens, at, tokens.slice(start, at));
    references.push(reference);
    at = end;
  }
  return { references, rest: [] };
}

function linkEnd(tokens: Token[], start: number): number {
  if (isSign(tokens[start], ',')) return start + 1;
  let at = start;
  while (isWord(tokens[at], ...joinWords, 'outer')) at++;
  return isWord(tokens[at - 1], 'join') ? at : start;
}

const near = (token: Token | undefined) =>
  new Refusal('syntax', `syntax error at or near "${token?.text ?? 'the end'}" in FROM`);

function readReference(tokens: Token[], start: number, link: Token[]) {
  let at = start;
  const isObject = isWord(tokens[at], 'unpivot') && !isSign(tokens[at + 1], '(');
  if (isObject) at++;
  const first = at;
  let kind: Reference['kind'] = isObject ? 'unpivoted object' : 'path';
  if (isSign(tokens[at], '(')) {
    at = closingAny(tokens, at) + 1;
    if (isQuery(tokens.slice(first + 1, at - 1))) kind = 'query';
    else kind = isWord(tokens[first + 1], 'values') ? 'call' : 'join';
  } else {
    if (!isName(tokens[at])) throw near(tokens[at]);
    at = pathEnd(tokens, at);
    if (isSign(tokens[at], '(')) {
      at = closingAny(tokens, at) + 1;
      kind = 'call';
    }
  }
  const source = tokens.slice(first, at);
  const hasOffset = isUnnestCall({ kind, source }) && isWord(tokens[at], 'with') && isWord(tokens[at + 1], 'offset');
  if (hasOffset) at += 2;
  let alias: Token | undefined;
  const readAlias = () => {
    alias = undefined;
    if (isWord(tokens[at], 'as')) {
      alias = tokens[at + 1];
      at += 2;
    } else if (isName(tokens[at]) && !isWord(tokens[at], ...noAlias)) alias = tokens[at++];
  };
  readAlias();
  let turn: Token[] = [];
  let turnedAlias: Token | undefined;
  if (isWord(tokens[at], 'pivot', 'unpivot')) {
    turnedAlias = alias;
    const open = isWord(tokens[at + 1], 'include', 'exclude') ? at + 3 : at + 1;
    if (!isSign(tokens[open], '(')) throw near(tokens[open]);
    const end = closingAny(tokens, open) + 1;
    turn = tokens.slice(at, end);
    at = end;
    readAlias();
  }
  let columns: Token[] = [];
  if (alias && isSign(tokens[at], '(')) {
    const end = closingAny(tokens, at) + 1;
    columns = tokens.slice(at, end);
    at = end;
  }
  let index: Token | undefined;
  if (isWord(tokens[at], 'at')) {
    index = tokens[at + 1];
    at += 2;
  }
  const on = tokens.slice(at, onEnd(tokens, at));
  const reference: Reference = { link, source, kind, hasOffset, turn, turnedAlias, alias, columns, at: index, on };
  return { reference, end: at + on.length };
}

export const isUnnestCall = ({ kind, source }: Pick<Reference, 'kind' | 'source'>) =>
  kind === 'call' && isWord(source[0], 'unnest') && isSign(source[1], '(');

/** a name, its dots and its brackets */
export function pathEnd(tokens: Token[], start: number): number {
  let at = start + 1;
  for (;;) {
    if (isSign(tokens[at], '.') && isName(tokens[at + 1])) at += 2;
    else if (isSign(tokens[at], '[')) at = closingAny(tokens, at) + 1;
    else return at;
  }
}

function onEnd(tokens: Token[], start: number): number {
  if (isWord(tokens[start], 'using') && isSign(tokens[start + 1], '(')) return closingAny(tokens, start + 1) + 1;
  if (!isWord(tokens[start], 'on')) return start;
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    if (isSign(tokens[at], '(') || isSign(tokens[at], '[')) depth++;
    if (isSign(tokens[at], ')') || isSign(tokens[at], ']')) depth--;
    const isLink = isWord(tokens[at], ...joinWords) && !isSign(tokens[at - 1], '.') && !isSign(tokens[at + 1], '(');
    if (depth === 0 && (isSign(tokens[at], ',') || isLink)) return at;
  }
  return tokens.length;
}

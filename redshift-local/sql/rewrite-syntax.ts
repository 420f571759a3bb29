import { Refusal } from './refusal.js';
import { isSign, isWord, type Token } from './tokens.js';

/** clauses that PostgreSQL's grammar has not: MINUS, APPROXIMATE, RESPECT NULLS, TOP */
export function rewriteSyntax(tokens: Token[]): Token[] {
  return limitTops(tokens.flatMap((token, at) => replaced(token, tokens.slice(at + 1, at + 4), tokens[at - 1])));
}

function replaced(token: Token, behind: Token[], previous: Token | undefined): Token[] {
  const [next, open, first] = behind;
  if (isSign(previous, '(') && isSign(token, '+') && isSign(next, ')'))
    throw new Refusal('outer join (+)', '(+) goes into WHERE only, behind a column');
  if (token.kind !== 'word' || isSign(previous, '.')) return [token];
  if (token.text === 'minus' && (isWord(next, 'select', 'with', 'all') || isSign(next, '(')))
    return [{ ...token, text: 'except' }];
  if (token.text === 'rows' && isWord(next, 'unbounded') && isWord(open, 'following') && !isWord(previous, 'between'))
    return [
      token,
      ...['between', 'current', 'row', 'and'].map((text) => ({ kind: 'word', text, space: true }) as const),
    ];
  if (token.text === 'approximate') {
    const isDistinct = isSign(open, '(') && isWord(first, 'distinct');
    if (isWord(next, 'percentile_disc') || (isWord(next, 'count') && isDistinct)) return [];
    throw new Refusal('approximate', 'APPROXIMATE stands before COUNT(DISTINCT ...) or PERCENTILE_DISC only');
  }
  const isNulls = isWord(next, 'nulls') || isWord(previous, 'respect');
  if ((isWord(token, 'respect') && isNulls) || (isWord(token, 'nulls') && isWord(previous, 'respect'))) return [];
  return [token];
}

/** SELECT TOP n -> LIMIT n at the end of that SELECT */
function limitTops(tokens: Token[]): Token[] {
  const at = tokens.findIndex(
    (token, index) =>
      isWord(token, 'top') &&
      (isWord(tokens[index - 1], 'select') ||
        (isWord(tokens[index - 1], 'all', 'distinct') && isWord(tokens[index - 2], 'select'))),
  );
  const count = tokens[at + 1];
  if (at < 0 || (count?.kind !== 'number' && count?.kind !== 'parameter')) return tokens;
  let depth = 0;
  let end = at;
  for (; end < tokens.length && depth >= 0; end++) {
    if (isSign(tokens[end], '(')) depth++;
    if (isSign(tokens[end], ')')) depth--;
    if (depth === 0 && isWord(tokens[end], 'union', 'except', 'intersect', 'limit', 'offset'))
      throw new Refusal('top', `TOP with ${tokens[end]?.text.toUpperCase()} in one SELECT: use LIMIT, or parentheses`);
  }
  const stop = depth < 0 ? end - 1 : end;
  const limit: Token[] = [
    { kind: 'word', text: 'limit', space: true },
    { ...count, space: true },
  ];
  return limitTops([...tokens.slice(0, at), ...tokens.slice(at + 2, stop), ...limit, ...tokens.slice(stop)]);
}

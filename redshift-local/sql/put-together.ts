import { literal } from './literal.js';
import { Refusal } from './refusal.js';
import { isSign, isWord, render, stringValue, tokenize, type Token } from './tokens.js';

const rule = 'procedure';
const place = 'part_of_text_';

/** the text of EXECUTE, with a name in place of each value that is put into it */
export interface PutTogether {
  tokens: Token[];
  values: Token[][];
}

/** the pieces between `||`: literals are known when the procedure is made; a text without one is not known, and so not checked */
export function putTogether(expression: Token[]): PutTogether {
  const pieces = splitConcatenation(expression);
  if (!isText(pieces[0]))
    throw new Refusal(
      rule,
      'EXECUTE of a text that begins with a value is not honoured here: it is not known, and so not checked; begin it with a literal',
    );
  const values: Token[][] = [];
  const text = pieces.map((piece) => {
    if (isText(piece)) return stringValue(piece[0] as Token);
    values.push(piece);
    return `${place}${values.length}`;
  });
  return { tokens: tokenize(text.join('')), values };
}

const isText = (piece: Token[] | undefined) => piece?.length === 1 && piece[0]?.kind === 'string';

/** SQL as the expression that PL/pgSQL puts together: a value goes where its name stands, without the quotes of that name */
export function expressionOf(sql: string, values: Token[][]): string {
  const found = new RegExp(`"(\\w*${place}\\d+\\w*)"`, 'g');
  return sql
    .replace(found, '$1')
    .split(new RegExp(`${place}(\\d+)`))
    .map((part, at) => (at % 2 === 0 ? literal(part) : `(${render(values[Number(part) - 1] ?? [])})::text`))
    .join(' || ');
}

function splitConcatenation(tokens: Token[]): Token[][] {
  const pieces: Token[][] = [[]];
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (isSign(token, '(')) depth++;
    if (isSign(token, ')')) depth--;
    if (depth === 0 && isSign(token, '|') && isSign(tokens[at + 1], '|')) {
      pieces.push([]);
      at++;
    } else pieces.at(-1)?.push(token);
  }
  return pieces;
}

/** where the text of an EXECUTE ends: before INTO, LOOP or the semicolon */
export function endOfText(tokens: Token[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    if (isSign(tokens[at], '(')) depth++;
    if (isSign(tokens[at], ')')) depth--;
    if (depth === 0 && (isSign(tokens[at], ';') || isWord(tokens[at], 'into', 'loop', 'using'))) return at;
  }
  return tokens.length;
}

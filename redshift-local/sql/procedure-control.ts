import type { Plan } from './plan.js';
import { Refusal } from './refusal.js';
import { isSign, isWord, splitCommas, type Token } from './tokens.js';

const controls = new Set(
  'if elsif elseif else end loop while for exit continue return raise open fetch close get null case when exception'.split(
    ' ',
  ),
);

/** a line of PL/pgSQL itself, or an assignment; what is neither is a statement */
export const isControl = ([first, second]: Token[]) =>
  first?.kind !== 'word' || controls.has(first.text) || [':', '=', '.', '['].some((text) => isSign(second, text));

/** holds the conditions and values of a line to the rules: PostgreSQL runs them as they are written */
export function checkExpressions(part: Token[], planOf: (tokens: Token[]) => Plan): void {
  for (const expression of expressionsOf(part)) {
    const isQuery = expression.some((token, at) => isWord(token, 'from') && depthAt(expression, at) === 0);
    if (expression.length === 0) continue;
    planOf(
      isQuery
        ? [word('select'), ...expression]
        : [...'select true where ('.split(' ').map(word), ...expression, ...') is null'.split(' ').map(word)],
    );
  }
}

/** RAISE level 'format', values */
export function checkRaise([, level, format, ...rest]: Token[]): void {
  const isRight = isWord(level, 'exception', 'notice', 'info', 'warning', 'log', 'debug') && format?.kind === 'string';
  if (!isRight || rest.some((token) => isWord(token, 'using')))
    throw new Refusal('procedure', "RAISE takes a level, a literal with the format, and values: RAISE INFO 'a = %', a");
}

const word = (text: string): Token => ({ kind: /\w/.test(text) ? 'word' : 'sign', text, space: true });

const depthAt = (tokens: Token[], end: number) =>
  tokens.slice(0, end).reduce((depth, token) => depth + Number(isSign(token, '(')) - Number(isSign(token, ')')), 0);

function expressionsOf(part: Token[]): Token[][] {
  const line = isSign(part.at(-1), ';') || isWord(part.at(-1), 'then', 'loop') ? part.slice(0, -1) : part;
  const after = (...words: string[]) => {
    const at = line.findIndex((token) => isWord(token, ...words) || words.some((text) => isSign(token, text)));
    return at < 0 ? [] : [line.slice(at + 1)];
  };
  if (isWord(line[0], 'if', 'elsif', 'elseif', 'while')) return [line.slice(1)];
  if (isWord(line[0], 'exit', 'continue')) return after('when');
  if (isWord(line[0], 'raise')) return splitCommas(line.slice(2)).slice(1);
  // a CASE inside of it has its own WHEN
  const isPlain = !line.slice(1).some((token) => isWord(token, 'case'));
  if (isWord(line[0], 'case', 'when')) return isPlain ? splitWhen(line.slice(1)).flatMap(splitCommas) : [];
  return isControl(line) && controls.has(line[0]?.text ?? '') ? [] : after('=', 'default');
}

function splitWhen(tokens: Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (isWord(token, 'when')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

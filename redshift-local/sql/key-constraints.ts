import { Refusal } from './refusal.js';
import type { KeyConstraint } from './table-traits.js';
import { closing, isSign, isWord, splitCommas, type Token } from './tokens.js';
import { parseName, parseTable } from './types.js';

/** names in parentheses, and where they end; without a parenthesis none */
function names(tokens: Token[], open: number): { names?: string[]; end: number } {
  if (!isSign(tokens[open], '(')) return { end: open };
  const close = closing(tokens, open);
  const found = splitCommas(tokens.slice(open + 1, close)).map(([name]) => parseName(name, 'column name'));
  return { names: found, end: close + 1 };
}

/** REFERENCES table (columns), from that word on */
export function columnReference(tokens: Token[], at: number): { key: Omit<KeyConstraint, 'columns'>; end: number } {
  const { name: other, end } = parseTable(tokens, at + 1);
  const { names: others, end: after } = names(tokens, end);
  return { key: { type: 'foreign key', other, ...(others && { others }) }, end: after };
}

/** PRIMARY KEY (...), UNIQUE (...) or FOREIGN KEY (...) REFERENCES ..., without its name */
export function tableKey(tokens: Token[]): KeyConstraint {
  const isUnique = isWord(tokens[0], 'unique');
  const { names: columns, end } = names(tokens, isUnique ? 1 : 2);
  if (!columns) throw new Refusal('constraint', 'syntax error: a key names its columns in parentheses');
  if (!isWord(tokens[0], 'foreign')) {
    if (end < tokens.length) throw new Refusal('constraint', `syntax error at or near "${tokens[end]?.text}"`);
    return { type: isUnique ? 'unique' : 'primary key', columns };
  }
  if (!isWord(tokens[end], 'references'))
    throw new Refusal('constraint', 'syntax error: FOREIGN KEY (...) REFERENCES a table');
  const { key, end: after } = columnReference(tokens, end);
  if (after < tokens.length) throw new Refusal('constraint', `syntax error at or near "${tokens[after]?.text}"`);
  return { ...key, columns };
}

import { Refusal } from './refusal.js';
import type { Traits } from './table-traits.js';
import { closing, isSign, isWord, splitCommas, type Token } from './tokens.js';
import { parseName } from './types.js';

const mostSortKeys = 400;
const mostInterleaved = 8;

/** the attributes after a table's columns; `columns` are those that keys may name, where they are known; one may say DISTKEY itself */
export function checkAttributes(tokens: Token[], columns: Set<string> | undefined, ofColumn?: string): Traits {
  const fail = (reason: string) => new Refusal('table attribute', reason);
  let at = 0;
  const keys = (from: number) => {
    if (!isSign(tokens[from], '(')) throw fail('syntax error: a list of columns is expected');
    const end = closing(tokens, from);
    // CREATE TABLE AS takes places of its select list too
    const names = splitCommas(tokens.slice(from + 1, end)).map(([token]) =>
      columns === undefined && token?.kind === 'number' ? `"#${token.text}"` : parseName(token, 'column name'),
    );
    const missing = names.find((name) => columns && !columns.has(name));
    if (missing) throw fail(`column ${missing} named in a key does not exist`);
    if (names.length === 0) throw fail('syntax error at or near ")": a key has a column');
    at = end + 1;
    return names;
  };
  const sortKeys = (from: number) => {
    if (traits.sortKey) throw fail('syntax error: SORTKEY is said once');
    return keys(from);
  };
  const traits: Traits = ofColumn === undefined ? {} : { distKey: ofColumn };
  let style = '';
  while (at < tokens.length) {
    const next = tokens[at + 1];
    if (isWord(tokens[at], 'backup') && isWord(next, 'yes', 'no')) at += 2;
    else if (isWord(tokens[at], 'encode') && isWord(next, 'auto')) at += 2;
    else if (isWord(tokens[at], 'diststyle') && isWord(next, 'auto', 'even', 'key', 'all')) {
      style = next?.text ?? '';
      at += 2;
    } else if (isWord(tokens[at], 'distkey')) {
      const [only = '', ...more] = keys(at + 1);
      if (more.length > 0) throw fail('DISTKEY takes one column');
      traits.distKey = only;
    } else if (isWord(tokens[at], 'sortkey') && isWord(next, 'auto')) at += 2;
    else if (isWord(tokens[at], 'sortkey')) traits.sortKey = sortKeys(at + 1);
    else if (isWord(tokens[at], 'compound', 'interleaved') && isWord(next, 'sortkey')) {
      traits.isInterleaved = isWord(tokens[at], 'interleaved');
      traits.sortKey = sortKeys(at + 2);
    } else throw fail(`syntax error at or near "${tokens[at]?.text}"`);
  }
  checkSortKey(traits);
  if (traits.distKey && style !== '' && style !== 'key')
    throw fail(`DISTSTYLE ${style.toUpperCase()} does not go with a DISTKEY`);
  if (!traits.distKey && style === 'key' && columns) throw fail('DISTSTYLE KEY needs a DISTKEY');
  return style === '' ? traits : { ...traits, distStyle: style };
}

/** as many columns as AWS lets a sort key have */
export function checkSortKey({ sortKey = [], isInterleaved }: Traits): void {
  const most = isInterleaved ? mostInterleaved : mostSortKeys;
  if (sortKey.length > most)
    throw new Refusal(
      'table attribute',
      `${isInterleaved ? 'an interleaved' : 'a compound'} sort key has at most ${most} columns, got ${sortKey.length}`,
    );
}

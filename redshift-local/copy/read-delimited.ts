import type { Readable } from 'node:stream';
import type { CopyCommand } from '../sql/copy.js';
import { ValueError } from './load-errors.js';
import type { TextRecord } from './text-record.js';

/** records of a character-delimited file: one a line, but for line ends that ESCAPE or a pair of quotes guards */
export async function* readDelimited(source: Readable, command: CopyCommand): AsyncGenerator<TextRecord> {
  let held = '';
  let line = 0;
  for await (const text of lines(source)) {
    line++;
    held = held === '' ? text : `${held}\n${text}`;
    if (command.escape && /(^|[^\\])(\\\\)*\\$/.test(held)) continue;
    yield split(held, line, command);
    held = '';
  }
  if (held !== '') yield split(held, line, command);
}

async function* lines(source: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of source) {
    const parts = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part;
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest;
}

function split(
  raw: string,
  line: number,
  { delimiter, escape, removeQuotes, nullAs = '\\N' }: CopyCommand,
): TextRecord {
  if (!escape && !removeQuotes) {
    return { line, raw, fields: raw.split(delimiter).map((field) => (field === nullAs ? null : field)) };
  }
  const fields: (string | null)[] = [];
  let field = '';
  let start = 0;
  let quote = '';
  for (let at = 0; at <= raw.length; at++) {
    const character = raw[at];
    if (character === undefined || (character === delimiter && quote === '')) {
      fields.push(raw.slice(start, at) === nullAs ? null : field);
      field = '';
      start = at + 1;
    } else if (escape && character === '\\' && at + 1 < raw.length) field += raw[++at];
    else if (removeQuotes && quote === '' && at === start && (character === '"' || character === "'"))
      quote = character;
    else if (quote !== '' && character === quote && (raw[at + 1] === delimiter || at + 1 === raw.length)) quote = '';
    else field += character;
  }
  const problem = quote === '' ? undefined : new ValueError(1214, 'Delimited value missing end quote');
  return { line, raw, fields, ...(problem && { problem }) };
}

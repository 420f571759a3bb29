import type { Readable } from 'node:stream';
import { ValueError } from './load-errors.js';
import { parseExact } from './exact-json.js';
import { decodeField } from './text-record.js';

export interface JsonDocument {
  /** of its last line, from 1 */
  line: number;
  raw: string;
  value?: unknown;
  problem?: ValueError;
}

/** Redshift's limit of one document */
const maxDocumentBytes = 4 * 1024 * 1024;

/** the documents of a file, one after the other, whatever white space lies between them */
export async function* readJson(source: Readable, replacement: string | undefined): AsyncGenerator<JsonDocument> {
  let line = 1;
  let parts: string[] = [];
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let size = 0;
  for await (const chunk of source) {
    const text = (chunk as Buffer).toString('latin1');
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text.charCodeAt(at);
      if (character === newline) line++;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (character === backslash) isEscaped = true;
        else if (character === quote) inString = false;
        continue;
      }
      if (character === quote) inString = true;
      else if (character === openBrace || character === openBracket) {
        if (depth++ === 0) {
          const between = text.slice(start, at).trim();
          if (between !== '') yield garbage(line, between);
          start = at;
        }
      } else if ((character === closeBrace || character === closeBracket) && depth > 0 && --depth === 0) {
        parts.push(text.slice(start, at + 1));
        yield document(parts.join(''), line, replacement);
        parts = [];
        size = 0;
        start = at + 1;
      }
    }
    const rest = text.slice(start);
    if (depth > 0 || inString || rest.trim() !== '') parts.push(rest);
    size += rest.length;
    if (size > maxDocumentBytes) {
      yield {
        line,
        raw: rest,
        problem: new ValueError(1216, 'Json record size is larger than the maximum size of 4194304'),
      };
      return;
    }
  }
  const rest = parts.join('').trim();
  if (rest !== '') yield garbage(line, rest);
}

const [newline, quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [10, 34, 92, 123, 125, 91, 93];

const garbage = (line: number, raw: string): JsonDocument => ({
  line,
  raw,
  problem: new ValueError(1216, 'Invalid JSON: an object is expected'),
});

function document(raw: string, line: number, replacement: string | undefined): JsonDocument {
  try {
    return { line, raw, value: parseExact(decodeField(raw, replacement)) };
  } catch (error) {
    if (error instanceof ValueError) return { line, raw, problem: error };
    return {
      line,
      raw,
      problem: new ValueError(1216, `Invalid JSON: ${error instanceof Error ? error.message : String(error)}`),
    };
  }
}

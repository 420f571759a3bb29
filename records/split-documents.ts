import { isAscii } from 'node:buffer';
import { TerminalError } from '../model/errors.js';
import { parseDocument } from './parse-record.js';
import { heldBytes, isSpace, keptBytes, maxRecordBytes, newline, type RawRecord } from './raw-record.js';
import { splitDocument } from './split-document.js';

const [quote, backslash, open, close] = [0x22, 0x5c, 0x7b, 0x7d];

/** objects one after the other, each a record; a file that begins with anything else is one document */
export async function* splitDocuments(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RawRecord[]> {
  const { begins, from, all } = await peeked(chunks);
  yield* begins === open ? objects(all, from) : splitDocument(all);
}

/** `from`: where the mark of UTF-8 ends */
async function* objects(chunks: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<RawRecord[]> {
  const held = heldBytes();
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let position = 0;
  let line = 1;
  let started = { line: 1, offset: 0 };
  /** held back until another follows: the only document of a file is whole, or a fault of the file */
  let first: RawRecord | undefined;
  let found = 0;

  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const ready: RawRecord[] = [];
    let begin = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === newline) line++;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) inString = false;
      } else if (depth === 0) {
        if (isSpace(byte) || position + at < from) continue;
        if (byte !== open) {
          const got = String.fromCharCode(byte);
          throw malformed(position + at, `expected nothing after the value, got '${got}'`);
        }
        depth = 1;
        begin = at;
        started = { line, offset: position + at };
      } else if (byte === quote) inString = true;
      else if (byte === open) depth++;
      else if (byte === close && --depth === 0) {
        const record = end(chunk, begin, at + 1);
        if (++found === 1) first = record;
        else ready.push(...(first ? [first] : []), record);
        if (found > 1) first = undefined;
      }
    }
    if (depth > 0) held.add(chunk.subarray(begin));
    position += chunk.length;
    yield ready;
  }
  if (depth > 0) {
    throw new TerminalError(
      'UnreadablePart',
      `the JSON document ends at byte ${position}, inside the record that begins at byte ${started.offset}`,
    );
  }
  if (first) yield [wholeDocument(first)];

  function end(chunk: Buffer, begin: number, end: number): RawRecord {
    held.add(chunk.subarray(begin, end));
    const size = held.total();
    const block = held.take();
    const record = { block, from: 0, to: block.length, isAscii: isAscii(block), source: 0, ...started };
    return size > maxRecordBytes ? { ...record, to: Math.min(block.length, keptBytes), tooLong: size } : record;
  }
}

function wholeDocument(record: RawRecord): RawRecord {
  const { block, from, to, offset, tooLong } = record;
  if (tooLong !== undefined) return record;
  const parsed = parseDocument(block.subarray(from, to));
  if ('value' in parsed) return record;
  throw malformed(offset + parsed.offset, parsed.message);
}

const malformed = (at: number, message: string) =>
  new TerminalError('UnreadablePart', `the JSON document is malformed around its records, at byte ${at}: ${message}`);

const mark = 0xefbbbf;

/** the first byte that is neither space nor of a mark of UTF-8, and all of them */
async function peeked(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  const begin = () => (head.length >= 3 && head.readUIntBE(0, 3) === mark ? 3 : 0);
  const begins = () => head.subarray(begin()).find((byte) => !isSpace(byte));
  while (head.length < 3 || begins() === undefined) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { begins: begins(), from: begin(), all: all() };
}

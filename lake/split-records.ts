import { TerminalError } from '../model/errors.js';
import type { RecordForm } from '../model/source.js';

export interface RawRecord {
  bytes: Uint8Array;
  /** from 1 */
  line: number;
  /** of the first byte, in the part */
  offset: number;
}

/** a longer record is cut here and is unparseable */
const maxRecordBytes = 16 * 1024 * 1024;

const newline = 0x0a;

/** records of a raw part as they stand in it; blank lines are no records */
export function splitRecords(form: RecordForm, chunks: AsyncIterable<Uint8Array>): AsyncIterable<RawRecord> {
  return form.form === 'ndjson' ? splitLines(chunks) : splitDocument(chunks, form.at);
}

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<RawRecord> {
  let rest: Uint8Array = new Uint8Array();
  let line = 0;
  let offset = 0;
  for await (const chunk of chunks) {
    const block = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let end; (end = block.indexOf(newline, from)) >= 0; from = end + 1) {
      const record = trimmed(block.subarray(from, end), ++line, offset + from);
      if (record) yield record;
    }
    offset += from;
    rest = block.subarray(from);
  }
  const record = trimmed(rest, ++line, offset);
  if (record) yield record;
}

/** without byte order mark and white space at the ends */
function trimmed(bytes: Uint8Array, line: number, offset: number): RawRecord | undefined {
  let from = offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let to = bytes.length;
  while (from < to && isSpace(bytes[from])) from++;
  while (to > from && isSpace(bytes[to - 1])) to--;
  return to > from ? { bytes: bytes.subarray(from, to), line, offset: offset + from } : undefined;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * Elements of a JSON array, at the top or under the key `at` of an object.
 * What stands around the elements is parsed at the end, with the array empty: a document that is
 * cut off or malformed outside its elements throws UnreadablePart.
 */
async function* splitDocument(chunks: AsyncIterable<Uint8Array>, at?: string): AsyncIterable<RawRecord> {
  const frame = growing();
  const element = growing();
  let line = 1;
  let position = 0;
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let inArray = false;
  let isDone = false;
  let elements = 0;
  let started = { line: 1, offset: 0 };
  let stringFrom = 0;
  let lastString = '';
  let key = '';

  for await (const chunk of chunks) {
    const ready: RawRecord[] = [];
    for (let index = 0; index < chunk.length; index++, position++) {
      const byte = chunk[index] ?? 0;
      if (byte === newline) line++;
      const target = inArray ? element : frame;
      if (inString) {
        target.push(byte);
        if (isEscaped) isEscaped = false;
        else if (byte === 0x5c) isEscaped = true;
        else if (byte === 0x22) {
          inString = false;
          if (!inArray && depth === 1) lastString = frame.text(stringFrom);
        }
        continue;
      }
      if (inArray && depth === 0 && (byte === 0x2c || byte === 0x5d)) {
        const isLast = byte === 0x5d;
        // `[]` has no element, `[1,]` has an empty one, which no parser takes
        if (!isLast || element.length() > 0 || elements > 0) {
          ready.push({ bytes: element.take(), ...started });
          elements++;
        }
        if (isLast) {
          inArray = false;
          isDone = true;
          depth = at === undefined ? 0 : 1;
          frame.push(byte);
        }
        continue;
      }
      if (inArray && element.length() === 0) {
        if (isSpace(byte)) continue;
        started = { line, offset: position };
      }
      if (byte === 0x22) {
        inString = true;
        stringFrom = target.length();
      } else if (byte === 0x3a && depth === 1 && !inArray) key = lastString;
      else if (byte === 0x2c && depth === 1 && !inArray) key = '';
      if (
        byte === 0x5b &&
        !inArray &&
        !isDone &&
        (at === undefined ? depth === 0 : depth === 1 && key === JSON.stringify(at))
      ) {
        frame.push(byte);
        inArray = true;
        depth = 0;
        continue;
      }
      if (byte === 0x7b || byte === 0x5b) depth++;
      else if (byte === 0x7d || byte === 0x5d) depth--;
      target.push(byte);
    }
    yield* ready;
  }
  if (inArray)
    throw new TerminalError('UnreadablePart', `the JSON document ends inside its array, at byte ${position}`);
  const text = frame.text(0).replace(/^\uFEFF/, '');
  if (text.trim() === '') return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TerminalError('UnreadablePart', `the JSON document is malformed around its records: ${String(error)}`, {
      cause: error,
    });
  }
  if (isDone) return;
  if (at !== undefined) throw new TerminalError('UnreadablePart', `the JSON document has no array '${at}'`);
  if (parsed !== undefined) yield { bytes: new TextEncoder().encode(text), line: 1, offset: 0 };
}

/** bytes up to the record limit; what is longer is cut, so that no input can take all memory */
function growing() {
  let bytes = Buffer.allocUnsafe(65_536);
  let end = 0;
  return {
    push(byte: number) {
      if (end === maxRecordBytes) return;
      if (end === bytes.length) {
        const larger = Buffer.allocUnsafe(bytes.length * 2);
        bytes.copy(larger);
        bytes = larger;
      }
      bytes[end++] = byte;
    },
    length: () => end,
    text: (from: number) => bytes.toString('utf8', from, end),
    take() {
      const taken = Uint8Array.prototype.slice.call(bytes, 0, end);
      end = 0;
      return taken;
    },
  };
}

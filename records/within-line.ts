import type { RawRecord } from './raw-record.js';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

interface Span {
  from: number;
  to: number;
}

class Unfit extends Error {}

/** narrows records to the value at a place of each, as `record.data` of an envelope; what has nothing there is rejected as it is */
export async function* withinLines(blocks: AsyncIterable<RawRecord[]>, at: string): AsyncGenerator<RawRecord[]> {
  const names = at.split('.');
  for await (const block of blocks) yield block.map((record) => within(record, names, at));
}

function within(record: RawRecord, names: string[], at: string): RawRecord {
  if (record.tooLong !== undefined || record.fault !== undefined) return record;
  try {
    const inner = names.reduce<Span>((span, name) => memberOf(record.block, span, name), record);
    return { ...record, ...inner, offset: record.offset + inner.from - record.from };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { ...record, fault: `${error.message}: the record is read at '${at}' of its line` };
  }
}

/** value of a member of the object that these bytes are */
function memberOf(bytes: Buffer, { from, to }: Span, wanted: string): Span {
  let at = from;
  let found: Span | undefined;
  const skipSpace = () => {
    while (at < to && (bytes[at] ?? 0) <= 0x20) at++;
  };
  const expect = (byte: number) => {
    skipSpace();
    if (bytes[at] !== byte) throw new Unfit(`malformed JSON at byte ${at - from}`);
    at++;
  };
  if (bytes[at] !== openObject) throw new Unfit(`not an object that could have '${wanted}'`);
  at++;
  skipSpace();
  while (bytes[at] !== closeObject) {
    skipSpace();
    const begin = at;
    expect(quote);
    at = endOfString(bytes, at, to);
    const name = nameOf(bytes, begin, at);
    expect(colon);
    skipSpace();
    const value = at;
    at = endOfValue(bytes, at, to);
    if (name === wanted) {
      if (found) throw new Unfit(`has '${wanted}' twice`);
      found = { from: value, to: at };
    }
    skipSpace();
    if (bytes[at] === comma) at++;
    else if (bytes[at] !== closeObject || at >= to) throw new Unfit(`malformed JSON at byte ${at - from}`);
  }
  if (!found) throw new Unfit(`has no '${wanted}'`);
  return found;
}

function nameOf(bytes: Buffer, from: number, to: number): string {
  try {
    return String(JSON.parse(bytes.toString('utf8', from, to)));
  } catch {
    return '';
  }
}

/** behind the quote that ends it */
function endOfString(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] === backslash) at++;
    else if (bytes[at] === quote) return at + 1;
  }
  throw new Unfit('malformed JSON: a text without an end');
}

function endOfValue(bytes: Buffer, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) {
      at = endOfString(bytes, at + 1, to) - 1;
      if (depth === 0) return at + 1;
    } else if (byte === openArray || byte === openObject) depth++;
    else if (byte === closeArray || byte === closeObject) {
      // of the object around
      if (depth === 0) return endOfBare(from, at);
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (byte === comma || byte <= 0x20)) return endOfBare(from, at);
  }
  throw new Unfit('malformed JSON: a value without an end');
}

/** of a number, true, false or null */
function endOfBare(from: number, at: number): number {
  if (at === from) throw new Unfit('malformed JSON: a member without a value');
  return at;
}

import { isAscii } from 'node:buffer';
import { wholeObjectsEnd } from './concatenated.js';
import {
  heldBytes,
  isSpace,
  keptBytes,
  maxRecordBytes,
  newline,
  type PartSources,
  type RawRecord,
} from './raw-record.js';

/** so few are let go of before the collector of young objects has to keep them */
const yieldedRecords = 256;

/** a line that grows beyond it may be objects without newlines between them: those that are whole are let go of */
const longLine = 1024 * 1024;

/** lines that are not blank, some at a time; each source file counts its own lines and bytes */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  sources: PartSources,
): AsyncGenerator<RawRecord[]> {
  const text: Text = {
    begun: heldBytes(),
    place: { sources, source: -1, next: 0, base: 0, line: 0 },
    position: 0,
    isInside: false,
    nextLook: longLine,
  };
  const { begun } = text;
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // in pieces, so that no more is looked at than a record may have
    for (let at = 0; at < chunk.length; at += longLine) {
      const piece = chunk.subarray(at, at + longLine);
      let from = 0;
      if (begun.total() > 0) {
        from = piece.indexOf(newline) + 1;
        yield* goOn(text, from > 0 ? piece.subarray(0, from) : piece);
        if (from === 0) continue;
        if (begun.total() > 0) yield* ended(text);
        text.nextLook = longLine;
      }
      const end = piece.lastIndexOf(newline) + 1;
      if (end > from) yield* linesOf(text, piece.subarray(from, end));
      yield* goOn(text, piece.subarray(Math.max(from, end)));
    }
  }
  if (begun.total() > 0) yield* ended(text);
}

/** how far a part is read */
interface Text {
  /** a line that its chunk did not end */
  readonly begun: ReturnType<typeof heldBytes>;
  readonly place: Place;
  /** of what comes next, in the part */
  position: number;
  /** the line goes on after what was let go of */
  isInside: boolean;
  nextLook: number;
}

// generators on their own, not within another function: each call of that would make a class of them that no code is ready for
function* linesOf(text: Text, block: Buffer): Generator<RawRecord[]> {
  const { place, position } = text;
  let records: RawRecord[] = [];
  const isPlain = isAscii(block);
  for (let start = 0; start < block.length;) {
    const found = block.indexOf(newline, start);
    const end = found < 0 ? block.length : found;
    enter(place, position + start, text.isInside);
    text.isInside = false;
    let from = start;
    let to = end;
    if (!isPlain && position + start === place.base && hasByteOrderMark(block, start)) from += 3;
    while (from < to && isSpace(block[from])) from++;
    while (to > from && isSpace(block[to - 1])) to--;
    if (to > from && records.push(recordOf(text, block, from, to, isPlain)) === yieldedRecords) {
      yield records;
      records = [];
    }
    start = end + 1;
  }
  text.position += block.length;
  yield records;
}

function recordOf({ place, position }: Text, block: Buffer, from: number, to: number, isPlain: boolean): RawRecord {
  const offset = position + from - place.base;
  const source = Math.max(0, place.source);
  const record = { block, from, to, isAscii: isPlain, line: place.line, offset, source };
  return to - from > maxRecordBytes ? { ...record, to: from + keptBytes, tooLong: to - from } : record;
}

function* ended(text: Text): Generator<RawRecord[]> {
  const { begun, place } = text;
  text.nextLook = longLine;
  if (!begun.isTooLong()) return yield* linesOf(text, begun.take());
  enter(place, text.position, text.isInside);
  text.isInside = false;
  const tooLong = begun.total();
  const block = begun.take();
  const record = { ...recordOf(text, block, 0, block.length, false), tooLong };
  text.position += tooLong;
  yield [record];
}

/** of a line that goes on */
function* goOn(text: Text, piece: Buffer): Generator<RawRecord[]> {
  const { begun } = text;
  begun.add(piece);
  if (begun.total() < text.nextLook || begun.isTooLong()) return;
  const held = begun.take();
  const end = wholeObjectsEnd(held);
  text.nextLook = end > 0 ? longLine : text.nextLook * 2;
  if (end > 0) {
    yield* linesOf(text, held.subarray(0, end));
    text.isInside = true;
  }
  begun.add(held.subarray(end));
}

/** lines and offsets of the source files that lie one after the other in a part */
interface Place {
  readonly sources: PartSources;
  source: number;
  /** where the next source begins, in the part */
  next: number;
  base: number;
  line: number;
}

/** a line begins here, or goes on */
function enter(place: Place, position: number, goesOn = false): void {
  while (position >= place.next) {
    const entered = place.sources[++place.source];
    place.base = (entered?.offset ?? 0) - (entered?.skipped?.bytes ?? 0);
    place.line = entered?.skipped?.lines ?? 0;
    place.next = place.sources[place.source + 1]?.offset ?? Infinity;
  }
  if (!goesOn) place.line++;
}

function hasByteOrderMark(block: Buffer, at: number): boolean {
  return block[at] === 0xef && block[at + 1] === 0xbb && block[at + 2] === 0xbf;
}

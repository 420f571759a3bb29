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
  /** a line that its chunk did not end */
  const begun = heldBytes();
  const place = placeIn(sources);
  /** of what comes next, in the part */
  let position = 0;
  /** the line goes on after what was let go of */
  let isInside = false;
  let nextLook = longLine;

  function* linesOf(block: Buffer): Generator<RawRecord[]> {
    let records: RawRecord[] = [];
    const isPlain = isAscii(block);
    for (let start = 0; start < block.length;) {
      const found = block.indexOf(newline, start);
      const end = found < 0 ? block.length : found;
      place.enter(position + start, isInside);
      isInside = false;
      let from = start;
      let to = end;
      if (!isPlain && place.offsetOf(position + start) === 0 && hasByteOrderMark(block, start)) from += 3;
      while (from < to && isSpace(block[from])) from++;
      while (to > from && isSpace(block[to - 1])) to--;
      if (to > from && records.push(recordOf(block, from, to, isPlain)) === yieldedRecords) {
        yield records;
        records = [];
      }
      start = end + 1;
    }
    position += block.length;
    yield records;
  }

  function recordOf(block: Buffer, from: number, to: number, isPlain: boolean): RawRecord {
    const { line, source } = place;
    const offset = place.offsetOf(position + from);
    const record = { block, from, to, isAscii: isPlain, line: line(), offset, source: source() };
    return to - from > maxRecordBytes ? { ...record, to: from + keptBytes, tooLong: to - from } : record;
  }

  function* ended(): Generator<RawRecord[]> {
    nextLook = longLine;
    if (!begun.isTooLong()) return yield* linesOf(begun.take());
    place.enter(position, isInside);
    isInside = false;
    const tooLong = begun.total();
    const block = begun.take();
    const record = { ...recordOf(block, 0, block.length, false), tooLong };
    position += tooLong;
    yield [record];
  }

  /** of a line that goes on */
  function* goOn(piece: Buffer): Generator<RawRecord[]> {
    begun.add(piece);
    if (begun.total() < nextLook || begun.isTooLong()) return;
    const held = begun.take();
    const end = wholeObjectsEnd(held);
    nextLook = end > 0 ? longLine : nextLook * 2;
    if (end > 0) {
      yield* linesOf(held.subarray(0, end));
      isInside = true;
    }
    begun.add(held.subarray(end));
  }

  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // in pieces, so that no more is looked at than a record may have
    for (let at = 0; at < chunk.length; at += longLine) {
      const piece = chunk.subarray(at, at + longLine);
      let from = 0;
      if (begun.total() > 0) {
        from = piece.indexOf(newline) + 1;
        yield* goOn(from > 0 ? piece.subarray(0, from) : piece);
        if (from === 0) continue;
        if (begun.total() > 0) yield* ended();
        nextLook = longLine;
      }
      const end = piece.lastIndexOf(newline) + 1;
      if (end > from) yield* linesOf(piece.subarray(from, end));
      yield* goOn(piece.subarray(Math.max(from, end)));
    }
  }
  if (begun.total() > 0) yield* ended();
}

/** lines and offsets of the source files that lie one after the other in a part */
function placeIn(sources: PartSources) {
  let source = -1;
  let next = 0;
  let base = 0;
  let line = 0;
  return {
    /** a line begins here, or goes on */
    enter(position: number, goesOn = false): void {
      while (position >= next) {
        const entered = sources[++source];
        base = (entered?.offset ?? 0) - (entered?.skipped?.bytes ?? 0);
        line = entered?.skipped?.lines ?? 0;
        next = sources[source + 1]?.offset ?? Infinity;
      }
      if (!goesOn) line++;
    },
    offsetOf: (position: number) => position - base,
    line: () => line,
    source: () => Math.max(0, source),
  };
}

function hasByteOrderMark(block: Buffer, at: number): boolean {
  return block[at] === 0xef && block[at + 1] === 0xbb && block[at + 2] === 0xbf;
}

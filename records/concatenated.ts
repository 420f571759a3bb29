import { isSpace, type RawRecord } from './raw-record.js';

const [quote, backslash, open, close] = [0x22, 0x5c, 0x7b, 0x7d];

/**
 * objects that follow each other in one line, as Kinesis Firehose writes them, each a record; the last may be cut off.
 * undefined unless there are two, with nothing but white space between them
 */
export function splitConcatenated(record: RawRecord): RawRecord[] | undefined {
  const { block, from, to, tooLong } = record;
  if (tooLong !== undefined || block[from] !== open) return undefined;
  const found: RawRecord[] = [];
  const add = (start: number, end: number) =>
    found.push({ ...record, from: start, to: end, offset: record.offset + start - from });
  for (let at = from; at < to;) {
    if (isSpace(block[at])) {
      at++;
      continue;
    }
    if (block[at] !== open) return undefined;
    const end = objectEnd(block, at, to);
    add(at, end ?? to);
    at = end ?? to;
  }
  return found.length > 1 ? found : undefined;
}

/** end of the whole objects that a block begins with; 0 where it does not begin with one, or something else follows one */
export function wholeObjectsEnd(block: Uint8Array): number {
  let last = 0;
  for (let at = 0; at < block.length;) {
    if (isSpace(block[at])) {
      at++;
      continue;
    }
    if (block[at] !== open) return 0;
    const end = objectEnd(block, at, block.length);
    if (end === undefined) break;
    at = last = end;
  }
  return last;
}

/** index after the object that opens at `from`; undefined where it does not end before `to` */
function objectEnd(block: Uint8Array, from: number, to: number): number | undefined {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const byte = block[at];
    if (byte === quote) {
      for (at++; at < to && block[at] !== quote; at++) if (block[at] === backslash) at++;
    } else if (byte === open) depth++;
    else if (byte === close && --depth === 0) return at + 1;
  }
  return undefined;
}

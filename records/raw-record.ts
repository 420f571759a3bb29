import type { RawPart } from '../model/plan.js';

/** a longer record is rejected with its beginning: what SUPER holds at most */
export const maxRecordBytes = 16 * 1024 * 1024;

/** what is kept of a record that is rejected */
export const keptBytes = 64 * 1024;

/** one record as it stands in its source file: `block[from, to)`, without white space around it */
export interface RawRecord {
  block: Buffer;
  from: number;
  to: number;
  /** all of its block is ASCII */
  isAscii: boolean;
  /** in the source file (a gzipped one: as it is unpacked), from 1 */
  line: number;
  /** of the first byte in the source file, from 0 */
  offset: number;
  /** index into the part's sources */
  source: number;
  /** size of a record that is longer than `maxRecordBytes`: the block holds its beginning only */
  tooLong?: number;
  /** names of the fields of a row */
  columns?: readonly string[];
  /** why it is not a record, seen where it was cut out */
  fault?: string;
}

export type PartSources = Pick<RawPart['sources'][number], 'name' | 'offset' | 'skipped' | 'columns'>[];

export const newline = 0x0a;

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;
}

/** bytes of one record over several chunks: at most `maxRecordBytes` are held, all are counted */
export function heldBytes() {
  let pieces: Buffer[] = [];
  let held = 0;
  let total = 0;
  return {
    add(piece: Buffer): void {
      if (piece.length === 0) return;
      total += piece.length;
      const isFull = held < total - piece.length;
      if (isFull) return;
      pieces.push(piece);
      held += piece.length;
      if (total <= maxRecordBytes) return;
      pieces = [Buffer.from(Buffer.concat(pieces).subarray(0, keptBytes))];
      held = keptBytes;
    },
    total: () => total,
    isTooLong: () => total > maxRecordBytes,
    take(): Buffer {
      const taken = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
      pieces = [];
      held = 0;
      total = 0;
      return taken;
    },
  };
}

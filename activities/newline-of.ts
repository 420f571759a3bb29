import { gzipSync } from 'node:zlib';
import type { Packing } from '../model/plan.js';

const plain = Uint8Array.of(0x0a);
const gzipped = gzipSync(plain);
/** a frame of its own, of one block that is not compressed */
const zstd = Buffer.from('28b52ffd20010900000a', 'hex');

/**
 * a newline between two objects of a part, in their own packing, so that the part reads as lines of both; undefined where
 * `last` ends in one, or where the packing has no members that follow each other
 */
export function newlineOf(
  { gzip, packing, isUtf16 }: { gzip: boolean; packing?: Packing; isUtf16?: boolean },
  last: Uint8Array | undefined,
): Uint8Array | undefined {
  if (packing === 'zstd') return zstd;
  if (gzip) return gzipped;
  return packing || isUtf16 || last?.at(-1) === 0x0a ? undefined : plain;
}

import { asUtf8 } from '../records/as-utf8.js';
import type { Packing } from '../model/plan.js';
import { unpack } from '../records/content-encoding.js';

/** a larger file is read as far as this, unpacked */
export const mostBytes = 16 * 1024 * 1024;

/** the beginning of a body, unpacked, as UTF-8 */
export interface ReadBytes {
  text: string;
  bytes: number;
  /** nothing follows */
  isWhole: boolean;
}

/** gzip and zstd are seen by their first bytes */
export async function readBytes(chunks: AsyncIterable<Uint8Array>, packed?: Packing): Promise<ReadBytes> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let isWhole = true;
  for await (const chunk of asUtf8(await unpacked(chunks, packed))) {
    pieces.push(chunk);
    bytes += chunk.length;
    isWhole = bytes <= mostBytes;
    if (!isWhole) break;
  }
  const all = Buffer.concat(pieces).subarray(0, mostBytes);
  const text = new TextDecoder().decode(all, { stream: !isWhole });
  return { text, bytes: Math.min(bytes, mostBytes), isWhole };
}

async function unpacked(chunks: AsyncIterable<Uint8Array>, packed?: Packing): Promise<AsyncIterable<Uint8Array>> {
  if (packed) return unpack(chunks, packed);
  const iterator = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let first: Uint8Array = new Uint8Array();
  while (first.length < 4) {
    const next = await iterator.next();
    if (next.done) break;
    held.push(next.value);
    first = Buffer.concat(held);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield first;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  if (first[0] === 0x1f && first[1] === 0x8b) return unpack(all(), 'gzip');
  if (first[0] === 0x28 && first[1] === 0xb5 && first[2] === 0x2f && first[3] === 0xfd) return unpack(all(), 'zstd');
  return all();
}

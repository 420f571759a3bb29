import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { Packing } from '../model/plan.js';

/** bytes as they were before they were packed; throws what the decoder says of damaged ones */
export function unpack(chunks: AsyncIterable<Uint8Array>, packing: Packing): AsyncIterable<Uint8Array> {
  if (packing === 'zstd') return unzstd(chunks);
  if (packing === 'deflate') return inflate(chunks);
  return through(chunks, packing === 'br' ? createBrotliDecompress() : createGunzip());
}

function through(chunks: AsyncIterable<Uint8Array>, decoder: NodeJS.ReadWriteStream): AsyncIterable<Uint8Array> {
  // the pipeline's own callback sees the error that the reader throws
  return pipeline(Readable.from(chunks), decoder, () => undefined) as unknown as AsyncIterable<Uint8Array>;
}

/** some servers leave out the header of zlib */
async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { first, all } = await peeked(chunks, 2);
  const [a = 0, b = 0] = first;
  const hasHeader = (a & 0x0f) === 8 && ((a << 8) | b) % 31 === 0;
  yield* through(all, hasHeader ? createInflate() : createInflateRaw());
}

async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => ready.push(chunk));
  for await (const chunk of chunks) {
    decoder.push(chunk);
    yield* ready;
    ready = [];
  }
  decoder.push(new Uint8Array(), true);
  yield* ready;
}

/** the first bytes, and all of them */
async function peeked(chunks: AsyncIterable<Uint8Array>, least: number) {
  const iterator = chunks[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array();
  while (first.length < least) {
    const next = await iterator.next();
    if (next.done) break;
    first = Buffer.concat([first, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield first;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { first, all: all() };
}

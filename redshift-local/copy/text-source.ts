import { TextDecoder } from 'node:util';
import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { compressors } from 'hyparquet-compressors';
import type { CopyCommand } from '../sql/copy.js';
import type { Objects } from './objects.js';

/** the bytes of one file, decompressed, in UTF-8 */
export async function textSource(
  objects: Objects,
  url: string,
  { compression, encoding }: Pick<CopyCommand, 'compression' | 'encoding'>,
): Promise<Readable> {
  const stored = await objects.stream(url);
  const plain =
    compression === 'zstd' ? unzstd(stored) : compression === 'gzip' ? unpacked(stored, createGunzip()) : stored;
  return Readable.from(encoding === 'utf8' ? plain : transcoded(plain, encoding), { objectMode: false });
}

async function* unpacked(stored: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const source = Readable.from(stored, { objectMode: false });
  source.on('error', (error) => transform.destroy(error));
  for await (const chunk of source.pipe(transform)) yield chunk as Uint8Array;
}

/** held whole: Node 20 has no stream for it */
async function* unzstd(stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stored) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  yield compressors.ZSTD?.(bytes, 0) ?? bytes;
}

const labels = { utf16: 'utf-16le', utf16le: 'utf-16le', utf16be: 'utf-16be', iso88591: 'latin1' } as const;

async function* transcoded(
  chunks: AsyncIterable<Uint8Array>,
  encoding: keyof typeof labels,
): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    // UTF16 without an end needs a byte order mark, which says which
    const isBig = encoding === 'utf16' && chunk[0] === 0xfe && chunk[1] === 0xff;
    decoder ??= new TextDecoder(isBig ? 'utf-16be' : labels[encoding], { fatal: encoding !== 'iso88591' });
    if (encoding === 'iso88591') yield Buffer.from(Buffer.from(chunk).toString('latin1'), 'utf8');
    else yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  }
}

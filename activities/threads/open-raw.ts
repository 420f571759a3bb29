import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asUtf8 } from '../../lake/as-utf8.js';
import type { ObjectStore } from '../../lake/object-store.js';
import { TerminalError } from '../../model/errors.js';
import type { RawPart } from '../../model/plan.js';

/** a raw part as text in UTF-8, unpacked; throws UnreadablePart where it breaks off */
export async function openRaw(
  store: ObjectStore,
  bucket: string,
  { key, gzip }: Pick<RawPart, 'key' | 'gzip'>,
): Promise<AsyncIterable<Uint8Array>> {
  const body = await store.stream({ bucket, key });
  return asUtf8(gzip ? gunzip(body) : body);
}

async function* gunzip(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    // the pipeline's own callback sees the error that the loop below throws
    yield* pipeline(Readable.from(body), createGunzip(), () => undefined) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new TerminalError('UnreadablePart', `the gzip data is cut off or damaged: ${String(error)}`, {
      cause: error,
    });
  }
}

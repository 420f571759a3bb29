import { asUtf8 } from '../../records/as-utf8.js';
import type { ObjectStore } from '../../lake/object-store.js';
import { TerminalError } from '../../model/errors.js';
import type { Packing, RawPart } from '../../model/plan.js';
import { unpack } from '../../records/content-encoding.js';

/** a raw part as text in UTF-8, unpacked; throws UnreadablePart where it breaks off */
export async function openRaw(
  store: ObjectStore,
  bucket: string,
  { key, gzip, packing }: Pick<RawPart, 'key' | 'gzip' | 'packing'>,
): Promise<AsyncIterable<Uint8Array>> {
  const body = await store.stream({ bucket, key });
  const packed = packing ?? (gzip ? 'gzip' : undefined);
  return asUtf8(packed ? unpacked(body, packed) : body);
}

async function* unpacked(body: AsyncIterable<Uint8Array>, packing: Packing): AsyncIterable<Uint8Array> {
  try {
    yield* unpack(body, packing);
  } catch (error) {
    throw new TerminalError('UnreadablePart', `the ${packing} data is cut off or damaged: ${String(error)}`, {
      cause: error,
    });
  }
}

import { asUtf8 } from '../../records/as-utf8.js';
import type { ObjectStore } from '../../lake/object-store.js';
import { TerminalError } from '../../model/errors.js';
import type { Packing, RawPart } from '../../model/plan.js';
import { unpack } from '../../records/content-encoding.js';

/** a raw part as text in UTF-8, unpacked; throws UnreadablePart where it breaks off */
export async function openRaw(
  store: ObjectStore,
  bucket: string,
  object: Pick<RawPart, 'key' | 'gzip' | 'packing'>,
  encoding?: string,
): Promise<AsyncIterable<Uint8Array>> {
  return asText(await store.stream({ bucket, key: object.key }), object, encoding);
}

/** bytes of one object as text in UTF-8 */
export function asText(
  body: AsyncIterable<Uint8Array>,
  { gzip, packing }: Pick<RawPart, 'gzip' | 'packing'>,
  encoding?: string,
): AsyncIterable<Uint8Array> {
  const packed = packing ?? (gzip ? 'gzip' : undefined);
  return asUtf8(packed ? unpacked(body, packed) : body, encoding);
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

import { TerminalError, TransientError } from '../../model/errors.js';
import type { HttpSource } from '../../model/http-source.js';
import type { Packing } from '../../model/plan.js';
import { unpack } from '../../records/content-encoding.js';
import { openBody } from '../raw-body.js';
import type { BodyLimits } from '../source-driver.js';
import type { Answer } from './client.js';
import { documentOf, type Document } from './document.js';
import { refuseFailure } from './failure.js';
import { packingOf } from './packing.js';
import { lengthOf } from './response.js';

/** of a page, as received and unpacked: it is held as a whole */
const mostHeld = 64 * 1024 * 1024;
const mostUnpacked = 256 * 1024 * 1024;

export interface HeldAnswer extends Answer {
  bytes: Buffer;
  gzip: boolean;
  isUtf16: boolean;
  packing: ReturnType<typeof packingOf>;
  document: Document;
}

/** an answer read to its end, and understood: it is whole before anything is kept of it */
export async function holdAnswer(
  answer: Answer,
  source: HttpSource,
  limits: BodyLimits | undefined,
  redact: (text: string) => string,
): Promise<HeldAnswer> {
  const { response, what, signal } = answer;
  const named = packingOf(response, what);
  const most = { bytes: Math.min(limits?.bytes ?? Infinity, mostHeld), bytesPerSecond: limits?.bytesPerSecond ?? 0 };
  const body = await openBody(response.body, what, signal, lengthOf(response), most);
  const bytes = Buffer.concat(await allOf(body.chunks(signal)));
  const packing = named ?? (body.isZstd ? 'zstd' : undefined);
  const gzip = body.gzip && !packing;
  const document = documentOf(
    await unpacked(bytes, packing ?? (gzip ? 'gzip' : undefined), what),
    source,
    what,
    redact,
  );
  refuseFailure(document.value, source.failure, what, redact);
  return { ...answer, bytes, gzip, isUtf16: body.isUtf16, packing, document };
}

async function unpacked(bytes: Buffer, packing: Packing | undefined, what: string): Promise<Buffer> {
  if (!packing) return bytes;
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of unpack(once(bytes), packing)) {
      size += piece.length;
      if (size > mostUnpacked)
        throw new TerminalError('SourceTooLarge', `${what}: unpacks to more than ${mostUnpacked} bytes`);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof TerminalError) throw error;
    throw new TransientError(`${what}: the ${packing} data is cut off or damaged: ${String(error)}`, { cause: error });
  }
  return Buffer.concat(pieces);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks) pieces.push(piece);
  return pieces;
}

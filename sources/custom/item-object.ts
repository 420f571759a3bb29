import { Readable } from 'node:stream';
import type { CustomItem } from '../../model/custom-code.js';
import { TransientError } from '../../model/errors.js';
import { heldBody, openBody, type RawBody } from '../raw-body.js';
import type { BodyLimits, RawObject } from '../source-driver.js';
import { isTerminal } from './fault.js';

/** what the code yielded, as other sources give their objects */
export async function itemObject(
  { name, body, etag, modified }: CustomItem,
  signal: AbortSignal,
  limits: BodyLimits | undefined,
): Promise<RawObject> {
  const isStream = typeof body !== 'string' && !(body instanceof Uint8Array);
  const open = (signal: AbortSignal): Promise<RawBody> =>
    openBody(Readable.from(chunksOf(body)), name, signal, undefined, limits).catch((error: unknown) => {
      throw ownFault(error);
    });
  const first = await open(signal);
  const held = heldBody(first, (signal) => {
    if (isStream) throw new TransientError(`${name}: its body is read once`);
    return open(signal);
  });
  return {
    name,
    ...(etag !== undefined && { etag }),
    ...(modified !== undefined && { modified }),
    gzip: first.gzip,
    ...(first.isUtf16 && { isUtf16: true }),
    open: async (signal) => withOwnFaults(await held.open(signal)),
  };
}

async function* chunksOf(body: CustomItem['body']): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string' || body instanceof Uint8Array) yield Buffer.from(body);
  else for await (const chunk of body) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function* withOwnFaults(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw ownFault(error);
  }
}

/** the reader of a body takes every error for one that may pass */
function ownFault(error: unknown): unknown {
  return error instanceof Error && isTerminal(error.cause) ? error.cause : error;
}

import { addAbortSignal, type Readable } from 'node:stream';
import { TransientError } from '../model/errors.js';
import { networkFault } from './faults.js';

/** a body whose first bytes are here and whose rest still streams */
export interface RawBody {
  gzip: boolean;
  chunks(signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): void;
}

/** reads just enough to see whether the bytes are gzip */
export async function openBody(
  stream: Readable,
  what: string,
  signal: AbortSignal,
  expected: number | undefined,
): Promise<RawBody> {
  // a body that breaks off while nobody reads it is told to the next reader
  stream.on('error', () => undefined);
  const iterator: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  let received = 0;

  async function next(signal: AbortSignal): Promise<Uint8Array | undefined> {
    const step = await iterator.next().catch((error: unknown) => {
      throw networkFault(`${what}: the body broke off after ${counted(received, expected)}`, error, signal);
    });
    if (!step.done) received += step.value.length;
    else if (expected !== undefined && received !== expected) {
      throw new TransientError(`${what}: the body ended after ${counted(received, expected)}`);
    }
    return step.done ? undefined : step.value;
  }

  const first: Uint8Array[] = [];
  while (received < 2) {
    const chunk = await next(signal);
    if (!chunk) break;
    first.push(chunk);
  }
  const magic = Buffer.concat(first);

  async function* chunks(reader: AbortSignal): AsyncGenerator<Uint8Array> {
    const either = AbortSignal.any([signal, reader]);
    addAbortSignal(reader, stream);
    try {
      yield* first;
      for (let chunk = await next(either); chunk; chunk = await next(either)) yield chunk;
    } finally {
      stream.destroy();
    }
  }
  return { gzip: magic[0] === 0x1f && magic[1] === 0x8b, chunks, close: () => void stream.destroy() };
}

/** a body opened ahead: the first who opens it gets it, passed by it is closed, and opened anew after that */
export function heldBody(first: RawBody, again: (signal: AbortSignal) => Promise<RawBody>) {
  let isHeld = true;
  return {
    async open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
      const body = isHeld ? first : await again(signal);
      isHeld = false;
      return body.chunks(signal);
    },
    release(): void {
      if (isHeld) first.close();
      isHeld = false;
    },
  };
}

const counted = (received: number, expected: number | undefined) =>
  expected === undefined ? `${received} bytes` : `${received} of ${expected} bytes`;

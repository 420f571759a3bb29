import type { Readable } from 'node:stream';
import { TerminalError, TransientError } from '../model/errors.js';
import { markedEncoding } from '../model/marked-encoding.js';
import { networkFault } from './faults.js';
import type { BodyLimits } from './source-driver.js';

/** a body whose first bytes are here and whose rest still streams */
export interface RawBody {
  gzip: boolean;
  isZstd: boolean;
  isUtf16: boolean;
  chunks(signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): void;
}

/** of a frame of data */
const zstdMagic = 0xfd2fb528;

/** reads just enough to see how the bytes are packed */
export async function openBody(
  stream: Readable,
  what: string,
  signal: AbortSignal,
  expected: number | undefined,
  limits: BodyLimits | undefined,
): Promise<RawBody> {
  const pace = limits && paceOf(what, limits);
  // a body that breaks off while nobody reads it is told to the next reader
  stream.on('error', () => undefined);
  const iterator: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  let received = 0;

  async function next(asking: () => AbortSignal): Promise<Uint8Array | undefined> {
    const asked = performance.now();
    const step = await iterator.next().catch((error: unknown) => {
      throw networkFault(`${what}: the body broke off after ${counted(received, expected)}`, error, asking());
    });
    if (!step.done) {
      received += step.value.length;
      pace?.(received, step.value.length, performance.now() - asked);
    } else if (expected !== undefined && received !== expected) {
      throw new TransientError(`${what}: the body ended after ${counted(received, expected)}`);
    }
    return step.done ? undefined : step.value;
  }

  const first: Uint8Array[] = [];
  while (received < 4) {
    const chunk = await next(() => signal);
    if (!chunk) break;
    first.push(chunk);
  }
  const magic = Buffer.concat(first);

  async function* chunks(reader: AbortSignal): AsyncGenerator<Uint8Array> {
    const either = () => (signal.aborted ? signal : reader);
    // the stream's own way keeps a listener for each object, as long as the reader's signal lives
    const abort = () => void stream.destroy(reader.reason as Error);
    if (reader.aborted) abort();
    reader.addEventListener('abort', abort, { once: true });
    try {
      yield* first;
      for (let chunk = await next(either); chunk; chunk = await next(either)) yield chunk;
    } finally {
      reader.removeEventListener('abort', abort);
      stream.destroy();
    }
  }
  const gzip = magic[0] === 0x1f && magic[1] === 0x8b;
  const isZstd = magic.length >= 4 && magic.readUInt32LE() === zstdMagic;
  return { gzip, isZstd, isUtf16: markedEncoding(magic) !== undefined, chunks, close: () => void stream.destroy() };
}

const paceWindow = 60_000;

/** throws for a body above its limit, and for one that is waited for too long: what its reader takes does not count */
export function paceOf(what: string, { bytes: most, bytesPerSecond }: BodyLimits) {
  let waited = 0;
  let bytes = 0;
  return (received: number, size: number, ms: number): void => {
    if (received > most) throw new TerminalError('SourceTooLarge', `${what}: has more than ${most} bytes`);
    waited += ms;
    bytes += size;
    if (waited < paceWindow) return;
    const rate = Math.round(bytes / (waited / 1000));
    if (rate < bytesPerSecond) {
      const seconds = Math.round(waited / 1000);
      throw new TerminalError(
        'SourceTooSlow',
        `${what}: gave ${bytes} bytes in ${seconds} s, less than ${bytesPerSecond} a second`,
      );
    }
    waited = bytes = 0;
  };
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

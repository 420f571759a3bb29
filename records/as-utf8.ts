import { TextDecoder } from 'node:util';
import { TerminalError } from '../model/errors.js';
import { markedEncoding } from '../model/marked-encoding.js';

/** a file with the mark of UTF-16 as UTF-8 without it, one of another `encoding` as UTF-8 with U+FFFD for what is none, any other as it is */
export async function* asUtf8(chunks: AsyncIterable<Uint8Array>, encoding?: string): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined;
  let held: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of chunks) {
    if (held) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      if (held.length < 4) continue;
      decoder = decoderOf(held, encoding);
      yield decoded(held, decoder);
      held = undefined;
    } else yield decoded(chunk, decoder);
  }
  if (held) {
    decoder = decoderOf(held, encoding);
    yield decoded(held, decoder);
  }
  if (decoder) yield decoded(undefined, decoder);
}

function decoderOf(first: Uint8Array, declared: string | undefined): TextDecoder | undefined {
  const encoding = markedEncoding(first);
  if (encoding === undefined) return isUtf8Name(declared) ? undefined : new TextDecoder(declared);
  if (encoding !== 'utf-32') return new TextDecoder(encoding, { fatal: true });
  throw new TerminalError('UnreadablePart', 'the file is UTF-32: write it as UTF-8');
}

const isUtf8Name = (encoding: string | undefined) => encoding === undefined || /^utf-?8$/i.test(encoding);

/** without a chunk: the end */
function decoded(chunk: Uint8Array | undefined, decoder: TextDecoder | undefined): Uint8Array {
  if (!decoder) return chunk ?? new Uint8Array();
  try {
    return Buffer.from(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode());
  } catch (error) {
    throw new TerminalError('UnreadablePart', `the file begins as ${decoder.encoding} and is not: write it as UTF-8`, {
      cause: error,
    });
  }
}

import { isAscii } from 'node:buffer';
import { TerminalError } from '../model/errors.js';
import { documentFrame, type Around } from './document-frame.js';
import { heldBytes, isSpace, keptBytes, maxRecordBytes, newline, type RawRecord } from './raw-record.js';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * elements of a JSON array, at the top or at the place `at` of an object (`data.items`); without `at`, any other document is one record.
 * holds one element at a time; what stands around them is parsed at the end, so that nothing is ever silently short
 */
export async function* splitDocument(
  chunks: AsyncIterable<Uint8Array>,
  at?: string,
  around?: Around,
): AsyncGenerator<RawRecord[]> {
  const frame = documentFrame(at, around);
  /** of an element that goes on in the next chunk */
  const element = heldBytes();
  let state = 'before' as 'before' | 'in' | 'after';
  let position = 0;
  let line = 1;
  let depth = 0;
  /** depth within the object whose keys the frame looks at */
  let level = frame.level();
  let inString = false;
  let isEscaped = false;
  let elements = 0;
  let started: { line: number; offset: number } | undefined;

  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isPlain = isAscii(chunk);
    const ready: RawRecord[] = [];
    /** of what is in neither frame nor element yet */
    let begin = 0;

    const toFrame = (end: number) => {
      frame.append(chunk.subarray(begin, end));
      begin = end;
    };
    const endElement = (end: number) => {
      const { line: startLine, offset } = started ?? { line, offset: position + end };
      const isWhole = element.total() === 0;
      element.add(chunk.subarray(begin, end));
      const size = element.total();
      const block = isWhole ? chunk : element.take();
      let [from, to] = isWhole ? [begin, end] : [0, block.length];
      if (isWhole) element.take();
      if (started === undefined) from = to;
      while (to > from && isSpace(block[to - 1])) to--;
      const record = { block, from, to, isAscii: isWhole && isPlain, line: startLine, offset, source: 0 };
      ready.push(size > maxRecordBytes ? { ...record, to: Math.min(to, from + keptBytes), tooLong: size } : record);
      started = undefined;
      elements++;
    };

    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0;
      if (byte === newline) line++;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) {
          inString = false;
          if (state !== 'in' && depth === level) {
            toFrame(index + 1);
            frame.endString();
          }
        }
        continue;
      }
      if (state === 'in') {
        if (depth === 0 && (byte === comma || byte === closeArray)) {
          // `[]` has no element, `[1,]` has an empty one, which no parser takes
          if (byte === comma || started || elements > 0) endElement(index);
          begin = index + 1;
          if (byte === comma) continue;
          state = 'after';
          begin = index;
          depth = frame.depth();
          frame.endArray(position + index);
          continue;
        }
        if (!started) {
          if (isSpace(byte)) continue;
          started = { line, offset: position + index };
          begin = index;
        }
      }
      if (byte === quote) {
        inString = true;
        if (state !== 'in' && depth === level) {
          toFrame(index);
          frame.beginString();
        }
      } else if (byte === colon && state !== 'in' && depth === level) frame.endKey(position + index);
      else if (byte === comma && state !== 'in' && depth === level) frame.endMember();
      else if (byte === openArray && state === 'before' && frame.isArrayAt(depth)) {
        toFrame(index + 1);
        frame.beginArray(position + index + 1);
        state = 'in';
        depth = 0;
      } else if (byte === openArray || byte === openObject) {
        if (byte === openObject && depth === level && state !== 'in') {
          frame.openObject();
          level = frame.level();
        }
        depth++;
      } else if (byte === closeArray || byte === closeObject) {
        if (byte === closeObject && depth === level && state !== 'in') {
          frame.closeObject();
          level = frame.level();
        }
        depth--;
        if (state === 'in' && depth < 0) {
          throw new TerminalError(
            'UnreadablePart',
            `the JSON document has an unexpected '}' at byte ${position + index}`,
          );
        }
      }
    }
    if (state !== 'in') toFrame(chunk.length);
    else if (started) element.add(chunk.subarray(begin));
    position += chunk.length;
    yield ready;
  }
  if (state === 'in') {
    const where = started ? `, in the record that begins at byte ${started.offset}` : '';
    throw new TerminalError('UnreadablePart', `the JSON document ends inside its array, at byte ${position}${where}`);
  }
  yield frame.rest(elements);
}

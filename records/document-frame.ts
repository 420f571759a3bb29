import { TerminalError } from '../model/errors.js';
import { parseDocument } from './parse-record.js';
import { heldBytes, isSpace, keptBytes, maxRecordBytes, newline, type RawRecord } from './raw-record.js';

/** receives what surrounds a document's records, and their number; all of a document that is one record, without a number */
export type Around = (document: unknown, records: number | undefined) => void;

/** a key that a definition names is shorter */
const longestKey = 64 * 1024;

/** what stands around the records of a document, their array being empty */
export function documentFrame(at: string | undefined, around?: Around) {
  const held = heldBytes();
  /** of the newest string in the object that is looked at, while its end is awaited */
  let text: Buffer[] | undefined;
  let textBytes = 0;
  let lastString = '';
  let key: string | undefined;
  let isSeen = false;
  const names = at?.split('.') ?? [];
  /** objects of the path that are open, beside the outer one */
  let entered = 0;
  const level = () => entered + 1;
  /** a name with dots in it may be one key of the outer object */
  const isTarget = () =>
    at !== undefined && ((entered === 0 && key === at) || (level() === names.length && key === names[entered]));
  /** the records, between these bytes of the document */
  let array: { from: number; to: number; at: number } | undefined;

  function documentOffset(index: number): number {
    return array && index >= array.at ? index + array.to - array.from : index;
  }

  return {
    append(bytes: Buffer): void {
      held.add(bytes);
      textBytes += bytes.length;
      if (textBytes > longestKey) text = undefined;
      text?.push(bytes);
    },
    beginString(): void {
      text = [];
      textBytes = 0;
    },
    endString(): void {
      lastString = unquoted(Buffer.concat(text ?? []));
      text = undefined;
    },
    endKey(offset: number): void {
      key = lastString;
      if (!isTarget()) return;
      if (isSeen)
        throw new TerminalError('UnreadablePart', `the JSON document has '${at}' a second time, at byte ${offset}`);
      isSeen = true;
    },
    endMember(): void {
      key = undefined;
    },
    /** whether an array that opens at this depth is the one that holds the records */
    isArrayAt: (depth: number) => (at === undefined ? depth === 0 : depth === level() && isTarget()),
    /** depth within the object whose keys are looked at */
    level,
    depth: () => (at === undefined ? 0 : level()),
    /** an object opens as a value of the one that is looked at */
    openObject(): void {
      if (key !== undefined && level() < names.length && key === names[entered]) entered++;
      key = undefined;
    },
    /** the object that is looked at ends */
    closeObject(): void {
      if (entered > 0) entered--;
      key = undefined;
    },
    beginArray(offset: number): void {
      array = { from: offset, to: offset, at: held.total() };
    },
    endArray(offset: number): void {
      if (array) array.to = offset;
    },
    /** checks what was around the records; a document without an array is one record */
    rest(records: number): RawRecord[] {
      const size = held.total();
      const isTooLong = held.isTooLong();
      const block = held.take();
      const bom = block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf ? 3 : 0;
      let from = bom;
      while (from < block.length && isSpace(block[from])) from++;
      if (from === block.length)
        throw new TerminalError('UnreadablePart', `the JSON document is empty (${size} bytes)`);
      if (isTooLong && (array || at !== undefined)) {
        throw new TerminalError(
          'UnreadablePart',
          `the JSON document has ${size} bytes around its records, more than ${maxRecordBytes}`,
        );
      }
      const parsed = isTooLong ? undefined : parseDocument(block.subarray(bom));
      if (parsed) {
        if (!('value' in parsed)) {
          const offset = documentOffset(parsed.offset + bom);
          throw new TerminalError(
            'UnreadablePart',
            `the JSON document is malformed around its records, at byte ${offset}: ${parsed.message}${hintOf(block, parsed.offset + bom, offset)}`,
          );
        }
        around?.(parsed.value, array ? records : undefined);
        // several APIs write an empty list as null
        if (at !== undefined && isSeen && valueAtPlace(parsed.value, at) === null) return [];
      }
      if (array) return [];
      if (at !== undefined) {
        const found = isSeen ? `its '${at}' is not an array` : `it has no '${at}'`;
        throw new TerminalError('UnreadablePart', `the JSON document has no array '${at}': ${found}`);
      }
      const line = block.subarray(0, from).filter((byte) => byte === newline).length + 1;
      const record = { block, from, to: block.length, isAscii: false, line, offset: from, source: 0 };
      return [isTooLong ? { ...record, to: Math.min(block.length, from + keptBytes), tooLong: size } : record];
    },
  };
}

function valueAtPlace(document: unknown, at: string): unknown {
  const member = (value: unknown, name: string) =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return member(document, at) === undefined ? at.split('.').reduce(member, document) : member(document, at);
}

function unquoted(bytes: Buffer): string {
  try {
    return String(JSON.parse(bytes.toString()));
  } catch {
    return '';
  }
}

/** a second value on a line of its own is how newline-delimited records look */
function hintOf(block: Buffer, index: number, offset: number): string {
  const before = block.subarray(0, index).toString().trimEnd();
  return offset === index && /[}\]]$/.test(before) && block.subarray(before.length, index).includes(newline)
    ? "; newline-delimited records are read with records: { form: 'ndjson' }"
    : '';
}

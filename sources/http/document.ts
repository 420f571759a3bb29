import { countCsvRecords } from '../../records/csv-rows.js';
import { parseDocument } from '../../records/parse-record.js';
import { TransientError } from '../../model/errors.js';
import type { HttpSource } from '../../model/http-source.js';

/** a page as far as its source has to understand it */
export interface Document {
  /** undefined where records are lines */
  value: unknown;
  records: number;
  /** what two pages that repeat each other have in common */
  content: string | Uint8Array;
}

/** letters of a page that is something else; a secret that is cut would not be known */
const mostShown = 80;
const mostRedacted = 8_192;

/** throws TransientError for a page that is cut or is something else: an error page of a proxy may pass */
export function documentOf(
  bytes: Uint8Array,
  { records }: Pick<HttpSource, 'records'>,
  what: string,
  redact: (text: string) => string,
): Document {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  if (/^\s*</.test(text)) {
    const begin = redact(text.trim().slice(0, mostRedacted)).slice(0, mostShown);
    throw new TransientError(`${what}: the answer is HTML or XML: ${begin}`);
  }
  if (records.form === 'ndjson') {
    return { value: undefined, records: text.split('\n').filter((line) => line.trim() !== '').length, content: bytes };
  }
  if (records.form === 'csv')
    return { value: undefined, records: countCsvRecords(Buffer.from(bytes), records), content: bytes };
  const value = parsed(text, what);
  const list = records.at === undefined ? value : placeIn(value, records.at);
  const count = Array.isArray(list) ? list.length : records.at === undefined ? 1 : 0;
  return { value, records: count, content: count > 0 ? JSON.stringify(list) : bytes };
}

/** the value at `meta.next`, of the last of a list at `data.-1.id`; a name with dots in it is taken as it is where it is there */
export function placeIn(value: unknown, place: string): unknown {
  if (Array.isArray(value)) {
    const [index = '', ...rest] = place.split('.');
    const one: unknown = value.at(Number(index));
    return rest.length > 0 ? placeIn(one, rest.join('.')) : one;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Record<string, unknown>;
  if (Object.hasOwn(members, place)) return members[place];
  for (let dot = place.indexOf('.'); dot > 0; dot = place.indexOf('.', dot + 1)) {
    const name = place.slice(0, dot);
    if (Object.hasOwn(members, name)) return placeIn(members[name], place.slice(dot + 1));
  }
  return undefined;
}

/** a cursor may be a number that JavaScript cannot hold: it is read as text */
const longNumber = /-?\d{16,}/;
const stringOrLongNumber = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

function parsed(text: string, what: string): unknown {
  const safe = longNumber.test(text)
    ? text.replace(stringOrLongNumber, (found, at: number) =>
        found.startsWith('"') || text[at - 1] === '.' || /\d/.test(text[at - 1] ?? '') ? found : `"${found}"`,
      )
    : text;
  try {
    return JSON.parse(safe);
  } catch (error) {
    // the engine's own words show what is around the place, which may be a part of a secret
    const fault = parseDocument(Buffer.from(text));
    const where = 'message' in fault ? ` at byte ${fault.offset}: ${fault.message}` : '';
    throw new TransientError(`${what}: the answer is not a whole JSON document (${text.length} characters)${where}`, {
      cause: new Error(error instanceof Error ? error.name : 'not JSON'),
    });
  }
}

function encodingOf([a, b]: Uint8Array): string {
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
}

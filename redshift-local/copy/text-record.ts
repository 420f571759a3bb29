import { isUtf8 } from 'node:buffer';
import { ValueError } from './load-errors.js';

/** one record of a text file; its text holds one character a byte until a field is decoded */
export interface TextRecord {
  /** of its last line, from 1 */
  line: number;
  raw: string;
  /** one a column; null is NULL; undefined is a field that the record lacks */
  fields: (string | null | undefined)[];
  /** why it is not a record */
  problem?: ValueError;
}

/** bytes -> text; invalid ones are refused, or replaced when ACCEPTINVCHARS says by what */
export function decodeField(bytes: string, replacement: string | undefined): string {
  // eslint-disable-next-line no-control-regex
  if (!/[^\x01-\x7f]/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  if (buffer.includes(0))
    throw new ValueError(1214, 'Missing newline: Unexpected character 0x00 found', buffer.indexOf(0));
  if (isUtf8(buffer)) return buffer.toString('utf8');
  if (replacement !== undefined) return buffer.toString('utf8').replaceAll('\ufffd', replacement);
  const [at, hex] = badBytes(buffer);
  throw new ValueError(
    1220,
    `String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ${hex} (error 4)`,
    at,
  );
}

function badBytes(buffer: Buffer): [number, string] {
  let good = 0;
  for (let end = 1; end <= buffer.length; end++) if (isUtf8(buffer.subarray(0, end))) good = end;
  return [good, buffer.subarray(good, good + 2).toString('hex')];
}

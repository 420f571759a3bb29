import { isUtf8 } from 'node:buffer';
import { maxDepth, type Digits } from '../model/digits.js';
import { hasRoundedNumber } from './long-numbers.js';
import { Malformed, parseExact } from './parse-exact.js';
import { maxRecordBytes, type RawRecord } from './raw-record.js';

/** `isPlain`: the text has no escape, so its strings have neither U+0000 nor a lone surrogate */
export type Parsed = { value: unknown; digits?: Digits; isPlain: boolean } | { reason: string };

/** below it no nesting is a danger to the parser */
const harmlessBytes = 4_096;

/** one record; of numbers that a double rounds the digits are kept beside, and integers among them come as bigint */
export function parseRecord({ block, from, to, isAscii, tooLong, fault }: RawRecord): Parsed {
  if (fault !== undefined) return { reason: fault };
  if (tooLong !== undefined) return { reason: `${tooLong} bytes long, a record may have ${maxRecordBytes}` };
  if (to - from > harmlessBytes && isTooDeep(block, from, to))
    return { reason: `nested deeper than ${maxDepth} levels` };
  if (!isAscii && !isUtf8(block.subarray(from, to))) {
    return { reason: `not UTF-8 at byte ${firstInvalid(block.subarray(from, to))}` };
  }
  const text = block.toString(isAscii ? 'latin1' : 'utf8', from, to);
  try {
    const value: unknown = JSON.parse(text);
    const isPlain = !text.includes('\\');
    return hasRoundedNumber(block, from, to) ? { ...exact(text), isPlain } : { value, isPlain };
  } catch (error) {
    return { reason: `malformed JSON${faultOf(text, error)}` };
  }
}

function exact(text: string): { value: unknown; digits?: Digits } {
  const { value, digits } = parseExact(text);
  return digits.size > 0 ? { value, digits } : { value };
}

/** a JSON document, or where and why the bytes are none */
export function parseDocument(bytes: Buffer): { value: unknown } | { offset: number; message: string } {
  if (!isUtf8(bytes)) return { offset: firstInvalid(bytes), message: 'not UTF-8' };
  const text = bytes.toString();
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const fault = malformed(text, error);
    return { offset: fault.index, message: fault.message };
  }
}

function faultOf(text: string, error: unknown): string {
  const { index, message } = malformed(text, error);
  return ` at byte ${index}: ${message}`;
}

/** the engine's own words differ by version and seldom name the place */
function malformed(text: string, error: unknown): { index: number; message: string } {
  try {
    parseExact(text);
  } catch (fault) {
    if (fault instanceof Malformed)
      return { index: Buffer.byteLength(text.slice(0, fault.index)), message: fault.message };
  }
  return { index: 0, message: `${(error as Error).name} of the parser` };
}

/** a byte scan, since a parser needs memory for every level */
function isTooDeep(bytes: Buffer, from: number, to: number): boolean {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      for (at++; at < to && bytes[at] !== 0x22; at++) if (bytes[at] === 0x5c) at++;
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

/** of bytes that are not UTF-8: the first that no character begins or goes on with */
export function firstInvalid(bytes: Buffer): number {
  const text = bytes.toString();
  const replacement = Buffer.from('\uFFFD');
  for (let found = text.indexOf('\uFFFD'); found >= 0; found = text.indexOf('\uFFFD', found + 1)) {
    const at = Buffer.byteLength(text.slice(0, found));
    if (!bytes.subarray(at, at + 3).equals(replacement)) return at;
  }
  return bytes.length;
}

/** pieces of JSON as bytes, the plain ones only: ASCII without escapes, no exponents, no long numbers, no space but one after comma and colon */

const [quote, colon, space, minus, point, zero] = [0x22, 0x3a, 0x20, 0x2d, 0x2e, 0x30];

/** what stands for itself in a string: printable ASCII but quote and backslash */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f && byte !== quote && byte !== 0x5c ? 1 : 0,
);
const tens = Float64Array.from({ length: 16 }, (_, power) => 10 ** power);
/** digits that a double holds, whatever they are */
const safeDigits = 15;

/** where the value of a key begins that is given with its quotes; 0 where there is another */
export function afterKey(bytes: Uint8Array, at: number, key: Uint8Array): number {
  for (let index = 0; index < key.length; index++) if (bytes[at + index] !== key[index]) return 0;
  const end = at + key.length;
  return bytes[end] === colon ? afterSpace(bytes, end + 1) : 0;
}

/** behind a space, if there is one */
export function afterSpace(bytes: Uint8Array, at: number): number {
  return bytes[at] === space ? at + 1 : at;
}

/** a string, number, boolean or null, undefined where there is none that is plain; the place behind it goes to `after` */
export function scalar(bytes: Uint8Array, text: string, at: number, after: Int32Array): unknown {
  switch (bytes[at]) {
    case quote: {
      let end = at + 1;
      while (plain[bytes[end] ?? 0] === 1) end++;
      after[0] = end + 1;
      return bytes[end] === quote ? text.substring(at + 1, end) : undefined;
    }
    case 0x6e:
      return isAt(bytes, at, words.null, after) ? null : undefined;
    case 0x74:
      return isAt(bytes, at, words.true, after) ? true : undefined;
    case 0x66:
      return isAt(bytes, at, words.false, after) ? false : undefined;
    default:
      return number(bytes, at, after);
  }
}

const words = { null: Buffer.from('null'), true: Buffer.from('true'), false: Buffer.from('false') };

function isAt(bytes: Uint8Array, at: number, word: Uint8Array, after: Int32Array): boolean {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false;
  after[0] = at + word.length;
  return true;
}

function number(bytes: Uint8Array, start: number, after: Int32Array): number | undefined {
  const begin = bytes[start] === minus ? start + 1 : start;
  let at = begin;
  let pointAt = 0;
  let value = 0;
  for (; ; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= zero && byte <= 0x39) value = value * 10 + byte - zero;
    else if (byte === point && pointAt === 0) pointAt = at;
    else break;
  }
  const whole = (pointAt || at) - begin;
  const fraction = pointAt === 0 ? 0 : at - pointAt - 1;
  // no digit, a zero before others, a point without digits
  if (whole === 0 || (whole > 1 && bytes[begin] === zero) || (pointAt > 0 && fraction === 0)) return undefined;
  // after an exponent's `e` comes no end of a value
  if (whole + fraction > safeDigits) return undefined;
  after[0] = at;
  // both are exact, so their quotient is the nearest double, as JSON.parse has it
  if (fraction > 0) value /= tens[fraction] ?? NaN;
  return begin > start ? -value : value;
}

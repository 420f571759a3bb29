/** digits that any double holds */
const safeDigits = 15;
const stride = (safeDigits + 1) / 2;

const isNumeric = tableOf('0123456789.');
const isToken = tableOf('0123456789.+-eE');

/**
 * whether a number stands there that a double does not hold; in a string that looks like one, perhaps.
 * a run of 16 digits covers two neighbouring probes: the bytes between are looked at only then
 */
export function hasRoundedNumber(bytes: Uint8Array, from: number, to: number): boolean {
  let wasNumeric = false;
  for (let at = from; at < to; at += stride) {
    const is = isNumeric[bytes[at] ?? 0] === 1;
    if (is && wasNumeric) {
      const begin = runBegin(bytes, at, from);
      if (begin <= at - stride) {
        const end = tokenEnd(bytes, at, to);
        if (end - begin > safeDigits && isRounded(bytes, begin, end, from)) return true;
        at = Math.max(at, end - stride);
        wasNumeric = false;
        continue;
      }
    }
    wasNumeric = is;
  }
  return false;
}

function isRounded(bytes: Uint8Array, begin: number, end: number, from: number): boolean {
  // a quote or a letter before it: in a string
  const before = begin > from ? (bytes[begin - 1] ?? 0) : 0x20;
  if (before === 0x22 || (before >= 0x41 && before <= 0x5a) || (before >= 0x61 && before <= 0x7a)) return false;
  const text = String.fromCharCode(...bytes.subarray(begin, Math.min(end, begin + 40)));
  return String(Number(text)) !== text;
}

function runBegin(bytes: Uint8Array, at: number, from: number): number {
  let begin = at;
  while (begin > from && isNumeric[bytes[begin - 1] ?? 0] === 1) begin--;
  return begin;
}

function tokenEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && isToken[bytes[end] ?? 0] === 1) end++;
  return end;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

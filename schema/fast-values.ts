/** helpers of the fast path: each proves less than its counterpart in encode.ts takes, never more */

const exactMillis = 9_007_199_254_740;
let lastDay = 0;
let lastDayMillis = NaN;

/** micros of `2022-11-24T10:00:00[.123456]`, then `Z` or an offset like `+01:00`; NaN for any other text, which may still be a time */
export function fastMicros(text: string, mayHaveOffset: boolean): number {
  const isUtc = text.charCodeAt(text.length - 1) === 90;
  if (!isUtc && !mayHaveOffset) return NaN;
  const end = text.length - (isUtc ? 1 : 6);
  if (end < 19 || end > 26 || end === 20) return NaN;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return NaN;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return NaN;
  const day = dayMillis(digits(text, 0, 2) * 100 + digits(text, 2, 4), digits(text, 5, 7), digits(text, 8, 10));
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (!(hour < 24 && minute < 60 && second < 60)) return NaN;
  const offset = isUtc ? 0 : offsetMinutes(text, end);
  const millis = day + ((hour * 60 + minute - offset) * 60 + second) * 1000;
  if (!(millis > -exactMillis && millis < exactMillis)) return NaN;
  if (end === 19) return millis * 1000;
  if (text.charCodeAt(19) !== 46) return NaN;
  let fraction = digits(text, 20, end);
  for (let at = end; at < 26; at++) fraction *= 10;
  return millis * 1000 + fraction;
}

/** of `+01:00`, up to a day */
function offsetMinutes(text: string, at: number): number {
  const sign = text.charCodeAt(at) === 43 ? 1 : text.charCodeAt(at) === 45 ? -1 : NaN;
  if (text.charCodeAt(at + 3) !== 58) return NaN;
  const hour = digits(text, at + 1, at + 3);
  const minute = digits(text, at + 4, at + 6);
  return hour < 24 && minute < 60 ? sign * (hour * 60 + minute) : NaN;
}

/** of a day that the calendar has; most times of a part share theirs */
function dayMillis(year: number, month: number, day: number): number {
  const number = (year * 100 + month) * 100 + day;
  if (number === lastDay) return lastDayMillis;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return NaN;
  lastDay = number;
  return (lastDayMillis = date.getTime());
}

/** NaN unless all of them are digits */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** `isPlain`: the text that it was parsed from has no escape, so neither U+0000 nor a lone surrogate */
export function fits(text: string, maxBytes: number, isPlain: boolean): boolean {
  if (!isPlain && (text.includes('\0') || !text.isWellFormed())) return false;
  return text.length * 3 <= maxBytes || (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes);
}

/** helpers of the fast path: each proves less than its counterpart in encode.ts takes, never more */
import type { z } from 'zod';

const exactMillis = 9_007_199_254_740;

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

/** of a day that the calendar has, counted in the proleptic Gregorian one */
function dayMillis(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return NaN;
  // years begin in March, so that the leap day is the last one
  const from = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400);
  return (from * 365 + leapDays + dayOfYear - daysBefore1970) * 86_400_000;
}

/** from the first of March of the year 0 */
const daysBefore1970 = 719_468;

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
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

export const refused = Symbol('refused');

/** what a transform makes of a value; `refused` where it finds a fault, which zod then tells */
export function transformed({ transform }: z.core.$ZodTransformDef): (value: unknown) => unknown {
  const issues: unknown[] = [];
  // one for all calls: zod makes one a call, and a closure
  const payload = { value: undefined as unknown, issues, addIssue: (issue: unknown) => void issues.push(issue) };
  return (value) => {
    payload.value = value;
    if (issues.length > 0) issues.length = 0;
    const made = transform(value, payload as unknown as z.core.ParsePayload);
    return issues.length === 0 ? made : refused;
  };
}

/** `isPlain`: the text that it was parsed from has no escape, so neither U+0000 nor a lone surrogate */
export function fits(text: string, maxBytes: number, isPlain: boolean): boolean {
  if (!isPlain && (text.includes('\0') || !text.isWellFormed())) return false;
  return text.length * 3 <= maxBytes || (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes);
}

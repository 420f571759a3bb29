import { z } from 'zod';
import { exactNumber } from '../model/exact-number.js';

/** the texts that came at one place */
export interface SeenTexts {
  count: number;
  /** bytes of UTF-8 */
  shortest: number;
  longest: number;
  /** that neither VARCHAR nor SUPER takes */
  unstorable: number;
  dates: number;
  /** times that end in Z; in Z or an offset; without either */
  utc: number;
  offset: number;
  local: number;
  /** plain decimal numbers, and those among them with a point */
  decimals: number;
  points: number;
  digits: number;
  scale: number;
}

const utc = z.iso.datetime();
const offset = z.iso.datetime({ offset: true });
const local = z.iso.datetime({ local: true });
const date = z.iso.date();
/** in these years every zone's time is one that a column takes, down to the microsecond */
const timeLike = /^(?!000[01]|9999)\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const decimal = /^-?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;

export function seenText(text: string): SeenTexts {
  const bytes = Buffer.byteLength(text);
  const isTime = bytes <= 40 && timeLike.test(text);
  const is = (schema: z.ZodType) => (isTime && schema.safeParse(text).success ? 1 : 0);
  const number = bytes <= 40 && decimal.test(text) ? exactNumber(text) : undefined;
  const { digits, power } = number ?? { digits: '', power: 0 };
  return {
    count: 1,
    shortest: bytes,
    longest: bytes,
    unstorable: text.includes('\0') || !text.isWellFormed() ? 1 : 0,
    dates: is(date),
    utc: is(utc),
    offset: is(offset),
    local: is(local),
    decimals: number ? 1 : 0,
    points: number && text.includes('.') ? 1 : 0,
    digits: Math.max(0, digits.length + power),
    // as it is written: the zeros of 12.50 say how many decimals there are
    scale: number ? Math.max(0, -power, writtenDecimals(text)) : 0,
  };
}

const writtenDecimals = (text: string) => /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;

export function addTexts(one: SeenTexts, other: SeenTexts): SeenTexts {
  return {
    count: one.count + other.count,
    shortest: Math.min(one.shortest, other.shortest),
    longest: Math.max(one.longest, other.longest),
    unstorable: one.unstorable + other.unstorable,
    dates: one.dates + other.dates,
    utc: one.utc + other.utc,
    offset: one.offset + other.offset,
    local: one.local + other.local,
    decimals: one.decimals + other.decimals,
    points: one.points + other.points,
    digits: Math.max(one.digits, other.digits),
    scale: Math.max(one.scale, other.scale),
  };
}

import { exactNumber } from '../model/exact-number.js';

/** the numbers that came at one place */
export interface SeenNumbers {
  count: number;
  /** without a fraction */
  whole: number;
  /** whole ones of more than 64 bits */
  wide: number;
  /** that a double rounds; and those among them that are whole */
  rounded: number;
  roundedWhole: number;
  /** outside of the range of a double */
  beyond: number;
  least: number;
  most: number;
  /** most digits before and behind the point */
  digits: number;
  scale: number;
}

/** `written`: its digits where a double rounds them */
export function seenNumber(value: number | bigint, written: string | undefined): SeenNumbers {
  const text = written ?? String(value);
  const { digits, power } = exactNumber(text) ?? { digits: '', power: 0 };
  const double = Number(value);
  const isWhole = digits === '' || power >= 0;
  const before = Math.max(0, digits.length + power);
  return {
    count: 1,
    whole: isWhole ? 1 : 0,
    wide: isWhole && !(before <= 18 || (before <= 19 && isLong(text))) ? 1 : 0,
    rounded: written === undefined ? 0 : 1,
    roundedWhole: written !== undefined && isWhole ? 1 : 0,
    beyond: Number.isFinite(double) && !(double === 0 && digits !== '') ? 0 : 1,
    least: double,
    most: double,
    digits: before,
    scale: Math.max(0, -power),
  };
}

/** of at most 19 digits: whether 64 bits hold it */
function isLong(text: string): boolean {
  const whole = /^-?\d+$/.test(text) ? BigInt(text) : BigInt(Number(text));
  return BigInt.asIntN(64, whole) === whole;
}

export function addNumbers(one: SeenNumbers, other: SeenNumbers): SeenNumbers {
  return {
    count: one.count + other.count,
    whole: one.whole + other.whole,
    wide: one.wide + other.wide,
    rounded: one.rounded + other.rounded,
    roundedWhole: one.roundedWhole + other.roundedWhole,
    beyond: one.beyond + other.beyond,
    least: Math.min(one.least, other.least),
    most: Math.max(one.most, other.most),
    digits: Math.max(one.digits, other.digits),
    scale: Math.max(one.scale, other.scale),
  };
}

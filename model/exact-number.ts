/** a decimal number by its digits, without zeros at the ends (none for zero), and the power of ten of the last one */
export interface ExactNumber {
  sign: '' | '-';
  digits: string;
  power: number;
}

const written = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** what JSON, Java's BigDecimal and Python's Decimal write, as 1.5, +1.5, .5 or 1E-7; undefined for any other text */
export function exactNumber(text: string): ExactNumber | undefined {
  const [, sign = '', whole = '', fraction = '', power = '0'] = written.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  let end = all.length;
  while (all.charCodeAt(end - 1) === 48) end--;
  if (end === 0) return { sign: '', digits: '', power: 0 };
  return {
    sign: sign === '-' ? '-' : '',
    digits: all.slice(0, end),
    power: Number(power) - fraction.length + all.length - end,
  };
}

/** whether two texts write one number */
export function isSameNumber(one: string, other: string): boolean {
  const [left, right] = [exactNumber(one), exactNumber(other)];
  return left?.sign === right?.sign && left?.digits === right?.digits && left?.power === right?.power;
}

/** more than any double has: an exponent of nine digits must not become a text of so many zeros */
const maxWholeDigits = 400;

/** undefined for a number with a fraction, or of more than 400 digits */
export function wholeNumber(text: string): bigint | undefined {
  const { sign = '', digits = '', power = -1 } = exactNumber(text) ?? {};
  if (power < 0 || digits.length + power > maxWholeDigits) return undefined;
  return BigInt(`${sign}${digits || '0'}${'0'.repeat(power)}`);
}

export function isMultipleOf(value: bigint, divisor: number): boolean {
  const { digits = '', power = 0 } = exactNumber(String(divisor)) ?? {};
  if (digits === '') return false;
  const [times, by] = [10n ** BigInt(Math.max(0, -power)), 10n ** BigInt(Math.max(0, power))];
  return (value * times) % (BigInt(digits) * by) === 0n;
}

const base = 10_000n;
const digits = 4;

/** PostgreSQL's binary NUMERIC: digits of base 10000, weight, sign, scale */
export function binaryNumeric(unscaled: bigint, scale: number): Uint8Array {
  const isNegative = unscaled < 0n;
  // the point must fall between two digits of base 10000
  const shift = (digits - (scale % digits)) % digits;
  let rest = (isNegative ? -unscaled : unscaled) * 10n ** BigInt(shift);
  const parts: number[] = [];
  while (rest > 0n) {
    parts.push(Number(rest % base));
    rest /= base;
  }
  parts.reverse();
  const out = Buffer.alloc(8 + 2 * parts.length);
  out.writeInt16BE(parts.length, 0);
  out.writeInt16BE(parts.length - 1 - (scale + shift) / digits, 2);
  out.writeUInt16BE(isNegative && parts.length > 0 ? 0x40_00 : 0, 4);
  out.writeInt16BE(scale, 6);
  for (const [at, part] of parts.entries()) out.writeInt16BE(part, 8 + 2 * at);
  return out;
}

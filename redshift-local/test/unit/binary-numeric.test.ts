import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binaryNumeric } from '../../copy/binary-numeric.js';

/** as PostgreSQL's numeric_recv reads it */
function decoded(bytes: Uint8Array): { unscaled: bigint; scale: number } {
  const view = Buffer.from(bytes);
  const [count, weight, sign, scale] = [
    view.readInt16BE(0),
    view.readInt16BE(2),
    view.readUInt16BE(4),
    view.readInt16BE(6),
  ];
  let value = 0n;
  for (let at = 0; at < count; at++) value = value * 10_000n + BigInt(view.readInt16BE(8 + 2 * at));
  // digits before the point: 4 * (weight + 1); all digits: 4 * count
  const shift = scale - 4 * (count - weight - 1);
  const unscaled = shift >= 0 ? value * 10n ** BigInt(shift) : value / 10n ** BigInt(-shift);
  return { unscaled: sign === 0x4000 ? -unscaled : unscaled, scale };
}

test('every decimal of up to 38 digits keeps its value', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n), fc.integer({ min: 0, max: 37 }), (unscaled, scale) => {
      expect(decoded(binaryNumeric(unscaled, scale))).toEqual({ unscaled, scale });
    }),
  );
});

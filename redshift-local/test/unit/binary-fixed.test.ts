import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halves } from '../../copy/binary-fixed.js';

const column = { name: 'n', type: 'bigint', bytes: 0, superText: 0, precision: 0, scale: 0, nullable: false };
const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

test('64 bits that are written by halves are those of the number less the constant', () => {
  fc.assert(
    fc.property(whole, fc.bigInt({ min: 0n, max: 2n ** 62n }), (value, less) => {
      const out = new DataView(new ArrayBuffer(12));
      const page = { start: 0, rows: 1, values: BigInt64Array.of(value) };
      halves(column, less).write({ page, from: 0, to: 1, row: 0 }, out, new Int32Array(1));
      expect(out.getInt32(0)).toBe(8);
      expect(out.getBigInt64(4)).toBe(BigInt.asIntN(64, value - less));
    }),
  );
});

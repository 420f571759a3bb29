import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutShares } from '../../../activities/threads/cut-shares.js';

const MB = 1024 * 1024;
const filesOf = (count: number, bytes: number) => Array.from({ length: count }, () => ({ bytes }));

test.each([
  ['none without files', [], []],
  ['one up to 16 MB', filesOf(12, MB), [12]],
  ['one of a file that is larger', filesOf(1, 20 * MB), [1]],
  ['four equal shares above', filesOf(20, MB), [5, 5, 5, 5]],
  ['eight above 64 MB', filesOf(64, 2 * MB), [8, 8, 8, 8, 8, 8, 8, 8]],
])('shares: %s', (_, files, shares) => {
  expect(cutShares(files).map((share) => share.length)).toEqual(shares);
});

test('every file is in one share, in its order, and no share is much larger than 16 MB', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 * MB }), { maxLength: 300 });
  fc.assert(
    fc.property(sizes, (bytes) => {
      const files = bytes.map((size) => ({ bytes: size }));
      const shares = cutShares(files);
      expect(shares.flat()).toEqual(files);
      for (const share of shares) {
        expect(share.length).toBeGreaterThan(0);
        expect(share.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual((16 + 5) * MB);
      }
    }),
  );
});

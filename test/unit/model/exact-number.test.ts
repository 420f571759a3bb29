import { expect, test } from 'vitest';
import { exactNumber, isMultipleOf, isSameNumber, wholeNumber } from '../../../model/exact-number.js';

test.each(['', '.', '-', 'e5', '1e', '1e5.5', ' 1', '1 ', '0x10', 'NaN', 'Infinity', '1,5', '1_000', '--1', '１'])(
  '%j is no number',
  (text) => expect(exactNumber(text)).toBeUndefined(),
);

test.each([
  ['1E-7', '0.0000001'],
  ['+1.5', '1.50'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['1.79E+3', '1790'],
  ['-0.0', '0e999999999'],
  ['1e21', '1000000000000000000000'],
])('%s is %s', (one, other) => expect(isSameNumber(one, other)).toBe(true));

test('a whole number is read however it is written; a fraction and a bomb are none', () => {
  expect(wholeNumber('9.007199254740993e15')).toBe(9_007_199_254_740_993n);
  expect(wholeNumber('-1.50e1')).toBe(-15n);
  expect(wholeNumber('1.5')).toBeUndefined();
  expect(wholeNumber('1e999999999')).toBeUndefined();
});

test('a multiple of a fraction is one exactly', () => {
  expect(isMultipleOf(9_007_199_254_740_993n, 0.5)).toBe(true);
  expect(isMultipleOf(9_007_199_254_740_993n, 2)).toBe(false);
  expect(isMultipleOf(9_007_199_254_740_995n, 0.3)).toBe(false);
  expect(isMultipleOf(10n ** 30n, 1e21)).toBe(true);
});

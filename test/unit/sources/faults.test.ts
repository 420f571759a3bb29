import { expect, test } from 'vitest';
import { retryDelay } from '../../../sources/faults.js';

const now = Date.parse('2022-11-24T10:00:00Z');

test.each([
  ['120', 120_000],
  ['Thu, 24 Nov 2022 10:00:30 GMT', 30_000],
  ['Thu, 24 Nov 2022 09:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After %s', (header, expected) => {
  expect(retryDelay(header, now)).toBe(expected);
});

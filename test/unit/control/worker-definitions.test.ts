import { expect, test } from 'vitest';
import { compare } from '../../../control/worker-definitions.js';
import { definitionsIn, workerIdentity } from '../../../model/worker-identity.js';

const own = { orders: 'a', customers: 'b' };

test('workers that have what the project has differ in nothing', () => {
  expect(compare(own, [{ ...own, gone: 'c' }])).toEqual({ differing: [], unknown: [] });
});

test('a definition that differs, and one that no worker knows', () => {
  expect(compare(own, [{ orders: 'x' }])).toEqual({ differing: ['orders', 'customers'], unknown: ['customers'] });
});

test('while a worker takes over from another, what one of them has counts', () => {
  expect(compare(own, [{ ...own, orders: 'x' }, own])).toEqual({ differing: [], unknown: [] });
});

test('without a word of any worker nothing is said', () => {
  expect(compare(own, [])).toBeUndefined();
});

test("a worker's identity names its process and its definitions", () => {
  expect(definitionsIn(workerIdentity(12, 'host', '0123456789ab'))).toBe('0123456789ab');
  expect(definitionsIn('12@host')).toBeUndefined();
  expect(definitionsIn(undefined)).toBeUndefined();
});

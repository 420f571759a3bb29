import { expect, test } from 'vitest';
import { fullName, shortName, withFullNames } from '../../sql/long-names.js';

const long = (end: string) => `${'orders_of_customers_'.repeat(4)}${end}`;

test('a name of 63 bytes stays, a longer one becomes one of 63 that differs by its end', () => {
  const fits = 'a'.repeat(63);
  expect(shortName(fits)).toBe(fits);
  const [spring, autumn] = [shortName(long('spring')), shortName(long('autumn'))];
  expect([Buffer.byteLength(spring), Buffer.byteLength(autumn)]).toEqual([63, 63]);
  expect(spring).not.toBe(autumn);
  expect(fullName(spring)).toBe(long('spring'));
});

test('what is behind 127 bytes does not count', () => {
  const most = 'b'.repeat(127);
  expect(shortName(`${most}x`)).toBe(shortName(`${most}y`));
  expect(fullName(shortName(`${most}x`))).toBe(most);
});

test('a character of several bytes is never cut in two', () => {
  const short = shortName('ä'.repeat(40));
  expect(short).not.toContain('\ufffd');
  expect(Buffer.byteLength(short)).toBeLessThanOrEqual(63);
});

test('an error says the name that was asked for', () => {
  const short = shortName(long('winter'));
  expect(withFullNames(`relation "${short}" does not exist`)).toBe(`relation "${long('winter')}" does not exist`);
});

import { expect, test } from 'vitest';
import { encoder } from '../../../validate/encode.js';

const encode = encoder({ name: 'j', path: ['j'], type: { kind: 'super' }, nullable: true });

test('a text within SUPER has at most the bytes that Redshift takes, wherever it is', () => {
  for (const text of ['x'.repeat(65_535), 'é'.repeat(32_767)]) {
    expect(encode({ a: [text] })).toBe(`{"a":["${text}"]}`);
  }
  for (const value of [
    { a: 'x'.repeat(65_536) },
    ['é'.repeat(32_768)],
    { ['k'.repeat(65_536)]: 1 },
    'x'.repeat(65_536),
  ]) {
    expect(() => encode(value)).toThrow(/^holds a text of 65536 bytes, SUPER takes 65535$/);
  }
});

test('SUPER as a whole has 16 MiB', () => {
  const many = (count: number) => Array.from({ length: count }, () => 'x'.repeat(60_000));
  expect(String(encode(many(279))).length).toBeGreaterThan(16_700_000);
  expect(() => encode(many(280))).toThrow(/^is 16800841 bytes long, the column takes 16777216$/);
});

test('a database that has opted in takes longer texts', () => {
  const long = encoder({ name: 'j', path: ['j'], type: { kind: 'super' }, nullable: true }, 16_000_000);
  expect(long({ a: 'x'.repeat(70_000) })).toHaveLength(70_008);
  expect(() => long('é'.repeat(8_000_001))).toThrow(/^holds a text of 16000002 bytes, SUPER takes 16000000$/);
});

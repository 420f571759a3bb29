import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactText, parseExact } from '../../copy/exact-json.js';

test('any JSON comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.parse(exactText(parseExact(text)))).toEqual(JSON.parse(text));
    }),
  );
});

test.each(['9007199254740993', '0.10', '1E400', '{"a":[-12345678901234567890.5,"12"],"b":1}'])(
  '%s keeps every digit',
  (text) => expect(exactText(parseExact(text))).toBe(text),
);

test.each(['012', '{1: 2}', '1 2', '{"a": 1,}', 'nan', '1.'])('%s is no JSON', (text) =>
  expect(() => parseExact(text)).toThrow(),
);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitConcatenated } from '../../../records/concatenated.js';
import { parseRecord } from '../../../records/parse-record.js';
import type { RawRecord } from '../../../records/raw-record.js';
import { splitRecords } from '../../../records/split-records.js';
import { anyValues } from '../../support/any-values.js';
import { validated } from '../../../testing/validated.js';

const record = (text: string): RawRecord => {
  const block = Buffer.from(text);
  return { block, from: 0, to: block.length, isAscii: false, line: 1, offset: 100, source: 0 };
};
const texts = (found: RawRecord[] | undefined) => found?.map(({ block, from, to }) => block.toString('utf8', from, to));

test('objects in one line are records, whatever stands in their texts', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.array(object, { minLength: 2 }), fc.constantFrom('', ' ', '\t'), (objects, between) => {
      const found = splitConcatenated(record(objects.join(between)));
      expect(texts(found)).toEqual(objects);
      expect(found?.[1]?.offset).toBe(100 + Buffer.byteLength(`${objects[0]}${between}`));
    }),
  );
});

test('one that is cut off at the end is a record of its own', () => {
  expect(texts(splitConcatenated(record('{"a":1}{"a":"}')))).toEqual(['{"a":1}', '{"a":"}']);
});

test.each(['{"a":1}', '{"a":1}}', '{"a":1},{"a":2}', '{"a":1}x{"a":2}', '[1][2]', '1 2', '{"a":1} // one', '{"a":'])(
  '%s is not several',
  (text) => expect(splitConcatenated(record(text))).toBeUndefined(),
);

test.each([1_000, 65_536, 64 * 1024 * 1024])(
  'a file without a newline is read an object at a time, in chunks of %d bytes',
  { timeout: 60_000 },
  async (size) => {
    const count = 60_000;
    const file = Buffer.from(
      Array.from({ length: count }, (_, d) => JSON.stringify({ d, s: 'x'.repeat(500) })).join('') + '\n{"d":-1}',
    );
    async function* chunks() {
      for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
    }
    const found: number[] = [];
    const places: [number, number][] = [];
    for await (const block of splitRecords({ form: 'ndjson' }, chunks(), [{ name: 'a', offset: 0 }])) {
      for (const line of block) {
        for (const one of splitConcatenated(line) ?? [line]) {
          const parsed = parseRecord(one);
          found.push('value' in parsed ? (parsed.value as { d: number }).d : NaN);
          places.push([one.line, one.offset]);
        }
      }
    }
    expect(found).toEqual([...Array.from({ length: count }, (_, d) => d), -1]);
    expect(places.at(0)).toEqual([1, 0]);
    expect(places.at(-2)?.[0]).toBe(1);
    expect(places.at(-1)).toEqual([2, file.length - 8]);
  },
);

test('each counts once, and is rejected with its place', async () => {
  const { counts, records } = await validated(anyValues, '{"d":1}{"d":"x"}{"d":3}\n{"d":4}');
  expect(counts).toMatchObject({ records: 4, routed: 4, unparseable: 0 });
  expect(records).toMatchObject([{ line: 1, offset: 7, record: '{"d":"x"}' }]);
});

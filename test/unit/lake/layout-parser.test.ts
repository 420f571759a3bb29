import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutParser } from '../../../lake/layout-parser.js';
import { learnedLayout } from '../../../lake/layout.js';
import { parseRecord, recordParser } from '../../../lake/parse-record.js';
import { mutated, seeded } from '../../support/mutate.js';

const records = [
  '{"event":"update","at":"2022-11-24T10:00:00Z","data":{"id":"v1","place":{"lat":52.5,"lng":-13.25}},"n":-1}',
  '{"event":"create","at":"2022-11-24T10:00:00Z","data":{"id":"o1","start":null,"tags":["a",{"k":1},[2]]},"n":0}',
  '{"event": "delete", "at": "2022-11-24T10:00:00Z", "data": {"id": "o1"}, "n": 10, "more": [], "none": {}}',
];

function taught(texts: string[]) {
  const { layout, learn } = learnedLayout();
  for (const text of texts) learn(JSON.parse(text));
  const parse = layoutParser(layout);
  return (text: string) => {
    const block = Buffer.from(`x${text}x`);
    return parse(block, block.toString('latin1'), 1, block.length - 1);
  };
}

function rawRecord(text: string) {
  const block = Buffer.from(text);
  return { block, from: 0, to: block.length, isAscii: false, line: 1, offset: 0, source: 0 };
}

/** tells the order of keys, the sign of zero and bigints */
function plainly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainly).join()}]`;
  if (typeof value !== 'object' || value === null)
    return Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `{${Reflect.ownKeys(value)
    .map((name) => `${JSON.stringify(name)}:${plainly((value as Record<PropertyKey, unknown>)[name])}`)
    .join()}}`;
}

function outcome(parsed: ReturnType<typeof parseRecord>): unknown {
  return 'reason' in parsed ? parsed : { ...parsed, value: plainly(parsed.value) };
}

test.each(records)('what is laid out like an earlier record is parsed as JSON.parse does: %s', (text) => {
  expect(plainly(taught(records)(text))).toBe(plainly(JSON.parse(text)));
});

const like = (value: string) => `{"a":${value}}`;

test.each([
  '0',
  '-0',
  '-0.0',
  '1.5',
  '999999999999999',
  '0.00000000000001',
  '123456.789',
  'true',
  'false',
  'null',
  '""',
])('a plain value: %s', (value) => {
  expect(plainly(taught([like('1')])(like(value)))).toBe(plainly(JSON.parse(like(value))));
});

const others =
  '01 - .5 5. 1e5 1.5.5 +1 1000000000000000 0.1234567890123456 nul nulll tru "\\n" "\t" "é" "a 1, 1] {} []'.split(' ');

test.each([...others, '', '  1', '1 '])('what is left to JSON.parse: %s', (value) => {
  expect(taught([like('1')])(like(value))).toBeUndefined();
});

test('keys in another order, twice, too few or too many are left to JSON.parse', () => {
  const parse = taught(['{"a":1,"b":2}', '{"a":1}']);
  const unlike = [
    '{"b":2,"a":1}',
    '{"a":1,"a":2}',
    '{"a":1,"b":2,"b":3}',
    '{}',
    '{"a":1,}',
    '{"a":1 ,"b":2}',
    '{"a" :1}',
  ];
  expect(unlike.map(parse)).toEqual(unlike.map(() => undefined));
});

test('a key that code could take for something else is never learned', () => {
  for (const name of ['__proto__', 'a"b', 'a\\b', 'é', 'a\u2028', '\n', 'x'.repeat(101)]) {
    const text = JSON.stringify({ [name]: 1 }).replace('{}', '{"__proto__":1}');
    expect(taught([text])(text)).toBeUndefined();
  }
});

test('records of any kind, one after the other, are parsed as each alone', () => {
  const value = fc.jsonValue({ noUnicodeString: false });
  const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', '0', '__proto__', 'é'), value, { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(fc.oneof(object, value), { maxLength: 12 }), fc.boolean(), (values, isSpaced) => {
      const parse = recordParser();
      for (const each of [...values, ...values]) {
        const text = JSON.stringify(each);
        const record = rawRecord(isSpaced ? text.replaceAll(',', ', ').replaceAll(':', ': ') : text);
        expect(outcome(parse(record))).toEqual(outcome(parseRecord(record)));
      }
    }),
    { numRuns: 200 },
  );
});

test('mutated and damaged records are parsed as each alone', () => {
  const random = seeded(20_221_124);
  const parse = recordParser();
  const different: unknown[] = [];
  for (const text of records) parse(rawRecord(text));
  for (let count = 0; count < 2_000; count++) {
    let text = mutated(records[count % records.length] ?? '', random);
    if (random() < 0.5) {
      const at = Math.floor(random() * text.length);
      const put = ['', '"', '\\', ',', '}', ']', '{', '[', '0', '.', '-', ' ', '\t', 'é', ':'][
        Math.floor(random() * 15)
      ];
      text = `${text.slice(0, at)}${put}${text.slice(at + Math.floor(random() * 2))}`;
    }
    const record = rawRecord(text);
    const [got, want] = [parse(record), parseRecord(record)].map((parsed) => inspect(outcome(parsed)));
    if (got !== want) different.push({ text, got, want });
  }
  expect(different).toEqual([]);
});

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
  return (text: string | Buffer) => {
    // other records lie before and behind it
    const block = Buffer.concat([Buffer.from('1'), Buffer.from(text), Buffer.from('1')]);
    return parse(block, block.toString('latin1'), 1, block.length - 1);
  };
}

function rawRecord(text: string | Buffer) {
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
      const parse = recordParser(1);
      for (const each of [...values, ...values]) {
        const text = JSON.stringify(each);
        const record = rawRecord(isSpaced ? text.replaceAll(',', ', ').replaceAll(':', ': ') : text);
        expect(outcome(parse(record))).toEqual(outcome(parseRecord(record)));
      }
    }),
    { numRuns: 200 },
  );
});

/** what readers of JSON judge differently, as bytes */
const pieces = [
  '" \\ , : { } [ ] 0 - . e5 + null tru NaN -0 -0.0 00 1e400 -1e-400 0.1 5. 9007199254740993 0.1234567890123456'.split(
    ' ',
  ),
  '"" "\\u0000" "\\ud800" "\\n" "\xed\xa0\x80" "\xc3\xa9" "\xf0\x9f\x91\xa9" "\xc3 \xef\xbb\xbf // /**/'.split(' '),
  '"n":2, ,"n":2 "__proto__":{"n":1}, "constructor":1, "":0, "0":0, {}, [[]] ,,'.split(' '),
  [' ', '  ', '\t', '\n', '\0', '\x7f', '\xff'],
].flat();

/** the bytes of a record with a piece put in, a range taken out, twice or elsewhere, or its end cut off */
function damaged(text: string, random: () => number): string {
  const place = () => Math.floor(random() * (text.length + 1));
  const [at, from, length] = [place(), place(), 1 + Math.floor(random() * (random() < 0.7 ? 3 : 30))];
  const choice = random();
  if (choice < 0.1) return text.slice(0, at);
  if (choice < 0.2) return text.slice(0, at) + text.slice(from, from + length) + text.slice(at);
  if (choice < 0.3) return text.slice(0, at) + text.slice(at + length);
  const piece = pieces[Math.floor(random() * pieces.length)] ?? '';
  // instead of a value or a name, so that the rest of the record stays whole
  if (choice < 0.6) return text.replace(values[Math.floor(random() * values.length)] ?? '', piece);
  return text.slice(0, at) + piece + text.slice(at + (choice < 0.8 ? 0 : length));
}
const values = ['"v1"', '"o1"', '52.5', '-13.25', '-1', 'null', '[]', '"update"', '"n"', '{"k":1}', '10'];

test('a damaged record is parsed as JSON.parse does, or not at all', () => {
  const random = seeded(20_221_124);
  const parse = taught(records);
  const different: unknown[] = [];
  let taken = 0;
  for (let count = 0; count < 100_000; count++) {
    let text = mutated(records[count % records.length] ?? '', random);
    // mutated text may have characters of more than a byte
    if (random() < 0.8) text = damaged(Buffer.from(text).toString('latin1'), random);
    const bytes = Buffer.from(text, 'latin1');
    const got = parse(bytes);
    if (got === undefined) continue;
    taken++;
    const want = parseRecord(rawRecord(bytes));
    const isSame = 'value' in want && !want.digits && want.isPlain && plainly(want.value) === plainly(got);
    if (!isSame) different.push({ text, got, want });
  }
  expect(different.slice(0, 3)).toEqual([]);
  expect(taken).toBeGreaterThan(10_000);
});

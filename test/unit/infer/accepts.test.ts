import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseExact } from '../../../records/parse-exact.js';
import { inferSample } from '../../../infer/infer-sample.js';
import { renderDefinition } from '../../../infer/render-definition.js';
import { addRecord, addSummary, noSummary, type Summary } from '../../../infer/summary.js';
import { validated } from '../../../testing/validated.js';
import { definitionFrom, removeDefinitions } from '../../support/definition-from.js';

afterAll(removeDefinitions);

const digits = fc.stringMatching(/^[1-9][0-9]{0,44}$/);
const number = fc.oneof(
  fc.integer().map(String),
  digits,
  digits.map((text) => `-${text}`),
  fc.tuple(digits, fc.stringMatching(/^[0-9]{1,30}$/)).map(([whole, rest]) => `${whole}.${rest}`),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('0', '-0', '1e400', '1e-400', '1.0', '1541023200', '1541023200123', '9223372036854775808'),
);
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      '',
      '\0',
      '\ud800',
      '2018-11-14',
      '2018-11-14T12:19:10Z',
      '2018-11-14T12:19:10+02:00',
      '2018-11-14T12:19',
      '0001-01-01T00:00:00+14:00',
      '2018-02-30',
      '2018-11-14T12:19:10.1234567Z',
      '.5',
      '1e-7',
      '12345678901234567890.125',
      '007',
      'x'.repeat(70_000),
      'it\'s "quoted" \u2028 */',
    ),
  )
  .map((value) => JSON.stringify(value));
const name = fc.constantFrom(
  'id',
  'ID',
  'type',
  'at',
  'updated_at',
  'price',
  'items',
  'User Name',
  'größe',
  '2fa',
  'dt',
  '_x',
  '',
  'a.b',
  '__proto__',
  'constructor',
  'select',
  '2018-11-14',
  'n'.repeat(80),
  '\ud800',
);
const { value } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom('null', 'true', 'false'), number, text, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  object: objectOf(tie('value')),
}));

function objectOf(member: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(name, member), { maxLength: 5, selector: ([name]) => name })
    .map((members) => `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`);
}

/** each field of one kind in all records, now and then missing, null or of another kind */
const kinds = [
  number,
  text,
  value,
  fc.integer().map(String),
  digits,
  fc.constantFrom('"2018-11-14T12:19:10Z"', '"2018-11-14T12:19:10+02:00"'),
];
const alike = fc
  .uniqueArray(fc.tuple(name, fc.constantFrom(...kinds)), { minLength: 1, maxLength: 6, selector: ([name]) => name })
  .chain((fields) => {
    const member = ([name, kind]: (typeof fields)[number]) =>
      fc
        .oneof(
          { weight: 12, arbitrary: kind },
          { weight: 1, arbitrary: fc.constantFrom('', 'null') },
          { weight: 1, arbitrary: value },
        )
        .map((text) => (text === '' ? [] : [`${JSON.stringify(name)}:${text}`]));
    return fc.array(
      fc.tuple(...fields.map(member)).map((all) => `{${all.flat().join(',')}}`),
      { minLength: 1, maxLength: 30 },
    );
  });

/** records that one source could send; a table has a column at least */
const records = fc
  .oneof(alike, fc.array(objectOf(value), { minLength: 1, maxLength: 6 }))
  .map((all) => all.map((record, at) => (record === '{}' ? `{"row":${at}}` : `{"row":${at},${record.slice(1)}`)));

test('a definition that is made from records accepts all of them', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(records, async (lines) => {
      const body = `${lines.join('\n')}\n`;
      const bodies = [{ name: 'lines.ndjson', text: body, bytes: body.length, isWhole: true }];
      const sample = await inferSample('probe', bodies, true);
      const read = { bodies, isLines: true, modified: new Date(0), origin: { kind: 'file' as const } };
      const code = renderDefinition({ name: 'probe', camel: 'probe', from: 'lines', read, sample });
      const result = await validated(await definitionFrom(code), body);
      const told = result.records.map(({ entity, reasons, record }) => ({ entity, reasons, record }));
      expect({ told, code: told.length > 0 ? code : '' }).toEqual({ told: [], code: '' });
      expect(result.counts).toMatchObject({ records: lines.length, routed: lines.length });
    }),
    { numRuns: 60 },
  );
});

test('what parts of a sample say adds up in any order and grouping', () => {
  const of = (lines: string[]): Summary => {
    const summary = noSummary();
    for (const line of lines) {
      const { value, digits } = parseExact(line);
      addRecord(summary, value, digits);
    }
    return summary;
  };
  const sum = (...all: Summary[]) => all.reduce(addSummary, noSummary());
  const parts = fc.tuple(records, records, records);
  fc.assert(
    fc.property(parts, ([one, two, three]) => {
      const whole = plain(of([...one, ...two, ...three]));
      const [a, b, c] = [of(one), of(two), of(three)];
      expect(plain(sum(a, sum(b, c)))).toEqual(whole);
      expect(plain(sum(sum(a, b), c))).toEqual(whole);
      expect(plain(sum(c, a, b))).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

/** sets and maps without their order */
function plain(value: unknown): unknown {
  if (value instanceof Set) return [...value].map(String).toSorted((a, b) => (a < b ? -1 : 1));
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, one]) => [`_${name}`, plain(one)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

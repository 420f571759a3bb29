import fc from 'fast-check';
import { check } from 'prettier';
import { afterAll, expect, test } from 'vitest';
import { csvForm } from '../../../infer/csv-form.js';
import { inferSample } from '../../../infer/infer-sample.js';
import { renderDefinition } from '../../../infer/render-definition.js';
import { validated } from '../../../testing/validated.js';
import { definitionFrom, removeDefinitions } from '../../support/definition-from.js';

afterAll(removeDefinitions);

const times = (text: (row: number) => string, rows = 24) =>
  Array.from({ length: rows }, (_, row) => text(row)).join('');

test.each([
  ['a comma', 'id,name\n1,a\n2,"b,c"\n', { form: 'csv' }],
  ['a tab', 'id\tname\n1\ta, b\n2\tc\n', { form: 'csv', delimiter: '\t' }],
  ['a semicolon, and commas in numbers', 'id;price\n1;2,50\n2;3,75\n', { form: 'csv', delimiter: ';' }],
  ['a bar', 'id|name\n1|a\n', { form: 'csv', delimiter: '|' }],
  ['quotes that are letters', 'id\tname\n1\ta "b\n2\t"c\n', { form: 'csv', delimiter: '\t', quote: false }],
  ['a row that goes on in the next line', 'id,note\n1,"a\nb"\n2,c\n', { form: 'csv' }],
  ['the null of databases', 'id\tname\n1\t\\N\n2\t\n', { form: 'csv', delimiter: '\t', nullText: '\\N' }],
  ['NULL, where nothing is empty', 'id,name\n1,NULL\n2,b\n', { form: 'csv', nullText: 'NULL' }],
  ['NULL beside empty fields', 'id,name\n1,NULL\n2,\n', { form: 'csv' }],
  ['a first row of data', '1,2026-11-28\n2,2026-11-29\n', { form: 'csv', header: ['column_1', 'column_2'] }],
  ['one column', 'name\na\nb\n', { form: 'csv' }],
])('%s', (_, text, form) => {
  expect(csvForm('file.csv', text)).toEqual(form);
});

test.each([
  ['', 'file.csv is empty'],
  ['1,2\n', 'file.csv has no record'],
  ['a,b,a\n1,2,3\n', "file.csv: its header has the column 'a' twice"],
  ['a,b\n\uFFFD,2\n', 'file.csv is not UTF-8'],
])('%j is refused', (text, why) => {
  if (text === '1,2\n') return expect(csvForm('file.csv', text)).toHaveProperty('header');
  expect(() => csvForm('file.csv', text)).toThrow(why);
});

const definitionOf = async (text: string, isWhole = true) => {
  const bodies = [{ name: 'rows.csv', text, bytes: text.length, isWhole }];
  const sample = await inferSample('probe', bodies, false, true);
  const read = { bodies, isLines: false, isCsv: true, modified: new Date(0), origin: { kind: 'file' as const } };
  return { sample, code: renderDefinition({ name: 'probe', camel: 'probe', from: 'rows.csv', read, sample }) };
};

test('columns have the types that their texts say', async () => {
  const head = 'id,zip,price,count,share,paid,sold_at,day,note,seen_at,big\n';
  const text =
    head +
    times((row) => {
      const day = `2026-11-${String((row % 28) + 1).padStart(2, '0')}`;
      return `${row + 1},0${row}100,${row}.50,${row},0.${row}25,${row % 2 > 0},${day} 10:00:00,${day},${row % 3 ? 'x' : ''},${1_700_000_000 + row},9007199254740993\n`;
    });
  const { code } = await definitionOf(text);
  for (const line of [
    'id: z.int()',
    'zip: text(16)',
    'price: exact(18, 4)',
    'count: z.int32()',
    'share: z.number()',
    'paid: z.boolean()',
    'sold_at: localTime()',
    'day: z.iso.date()',
    'note: text(16).nullable()',
    'seen_at: seconds()',
    'big: z.int()',
    "key: ['id']",
    "records: { form: 'csv' }",
  ])
    expect(code).toContain(line);
  expect(await check(code, { parser: 'typescript', printWidth: 120, singleQuote: true })).toBe(true);
  const result = await validated(await definitionFrom(code), text);
  expect(result.records).toEqual([]);
  expect(result.counts).toMatchObject({ records: 24, routed: 24 });
});

test('a file that was cut is judged by its whole rows', async () => {
  const { sample } = await definitionOf(`id,note\n${times((row) => `${row},"a\nb"\n`)}24,"cu`, false);
  expect(sample).toMatchObject({ records: 24, isCut: true });
  expect(sample.files[0]?.text.endsWith('23,"a\nb"\n')).toBe(true);
});

const cell = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.stringMatching(/^[0-9]{1,44}$/),
  fc.tuple(fc.stringMatching(/^[1-9][0-9]{0,20}$/), fc.stringMatching(/^[0-9]{1,20}$/)).map((two) => two.join('.')),
  fc.constantFrom('', 'true', 'FALSE', 'NULL', '\\N', '007', '-0', '+1', '1e400', '2026-11-28', '2026-02-30'),
  fc.constantFrom('2026-11-28 10:00:00', '2026-11-28T10:00:00Z', '2026-11-28 10:00:00+02:00', '2026-11-28 25:00'),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/[\0\r]/.test(text) && text.isWellFormed()),
);
const written = (text: string, delimiter: string, isQuoted: boolean) =>
  isQuoted || /["\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

const csv = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('id', 'at', 'price', 'Größe', 'type', 'updated_at', 'a b', '__proto__'), {
      minLength: 2,
      maxLength: 5,
    }),
    fc.constantFrom(',', ';', '\t', '|'),
    fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 25 }),
  )
  .map(([names, delimiter, rows]) => {
    const line = (cells: string[]) => `${cells.join(delimiter)}\n`;
    const body = rows.map((row, at) =>
      line([String(at), ...row.slice(1, names.length).map(([text, isQuoted]) => written(text, delimiter, isQuoted))]),
    );
    return { text: line(names) + body.join(''), rows: rows.length };
  });

test('a definition that is made from rows accepts all of them', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(csv, async ({ text, rows }) => {
      const { code, sample } = await definitionOf(text);
      const result = await validated(await definitionFrom(code), text);
      const told = result.records.map(({ reasons, record }) => ({ reasons, record }));
      expect({ told, code: told.length > 0 ? code : '' }).toEqual({ told: [], code: '' });
      expect(result.counts).toMatchObject({ records: sample.records, routed: sample.records });
      expect(sample.records).toBe(rows);
    }),
    { numRuns: 60 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { splitCsv } from '../../../records/split-csv.js';
import type { CsvForm } from '../../../model/record-form.js';
import { defineEntity } from '../../../define/entity.js';
import { definePipeline } from '../../../define/pipeline.js';
import { s3Objects } from '../../../sources/declare.js';
import { csvParser } from '../../../records/parse-csv.js';
import { validated } from '../../../testing/validated.js';
import { storedRows } from '../../support/any-values.js';

const schema = z.object({
  id: z.int(),
  p: z
    .number()
    .meta({ decimal: [38, 18] })
    .nullable(),
  share: z.number().optional(),
  isOpen: z.boolean().nullish(),
  at: z.iso.datetime({ local: true, offset: true }).nullish(),
  note: z.string().nullish(),
});
const entity = defineEntity({ name: 'trips', mode: 'append', schema });
const csv = (form: Partial<CsvForm> = {}) =>
  definePipeline({
    name: 'tiny',
    description: 'trips as rows of text',
    schedule: { every: '1 hour' },
    source: s3Objects({ bucket: 'b', prefix: '', modifiedIn: 'interval', records: { form: 'csv', ...form } }),
    entities: [entity],
  });
const read = (text: string | Uint8Array, form?: Partial<CsvForm>) => validated(csv(form), text);
const header = 'id,p,share,isOpen,at,note\n';

async function rows(text: string | Uint8Array, form?: Partial<CsvForm>) {
  const found = await read(text, form);
  return (await storedRows(found, 'trips')).map(({ _row_id: id, ...row }) => {
    expect(id).toMatch(/./);
    return row;
  });
}

test('texts become what the schema wants, exactly', async () => {
  expect(
    await rows(`${header}9007199254740993,0.123456789012345678,0.5,Yes,2022-11-24 10:00:00Z,"a ""b"", c"\r\n`),
  ).toEqual([
    {
      id: '9007199254740993',
      p: '0.123456789012345678',
      share: '0.5',
      is_open: 'true',
      at: '1669284000000',
      note: 'a "b", c',
    },
  ]);
});

test('an empty field is null, one in quotes is an empty text', async () => {
  const [row] = await rows(`${header}1,,,,,""\n`);
  expect(row).toMatchObject({ p: 'null', share: 'null', is_open: 'null', at: 'null', note: '' });
  const [other] = await rows(`${header}1,\\N,\\N,\\N,\\N,\n`, { nullText: '\\N' });
  expect(other).toMatchObject({ p: 'null', share: 'null', note: '' });
});

test('a number that its column cannot take is rejected, never rounded', async () => {
  const { counts, records } = await read(
    `${header}1.5,,,,,\n9223372036854775808,,,,,\nx,,,,,\n1,,9007199254740993,,,\n`,
  );
  expect(counts).toMatchObject({ records: 4, routed: 4 });
  expect(records.map(({ reasons }) => reasons[0])).toEqual([
    expect.stringContaining('id: '),
    'id: has more than 64 bits: 9223372036854775808',
    expect.stringContaining('id: '),
    'share: is an integer that a double rounds: 9007199254740993; z.int() keeps 64 bits, .meta({ decimal: [38, 0] }) 38 digits',
  ]);
});

test.each([
  ['too few fields', '1,2\n', 'has 2 fields, its header has 6'],
  ['too many', '1,,,,,,\n', 'has 7 fields, its header has 6'],
  ['a quote that goes on', '1,"a"b,,,,\n', 'byte 5: expected a delimiter after a quoted field'],
  ['a quote without an end', '1,"a,,,,\n', 'a quote is not closed'],
  ['a byte that is no text', Buffer.from([0x31, 0x2c, 0xff, 0x0a]), 'not UTF-8 at byte 2'],
])('%s: that row is unparseable, and the others are read', async (_, row, reason) => {
  const text = Buffer.concat([Buffer.from(`${header}1,,,,,\n`), Buffer.from(row), Buffer.from('2,,,,,\n3,,,,,\n')]);
  const found = await read(text);
  expect(found.counts).toMatchObject({ records: 4, routed: 3, unparseable: 1 });
  expect(found.records).toMatchObject([{ line: 3, offset: header.length + 7, reasons: [reason] }]);
});

test('tabs, names of columns from the definition, another encoding', async () => {
  const bytes = Buffer.from('1\t2\t\tno\t\tMálaga\n', 'latin1');
  const columns = ['id', 'p', 'share', 'isOpen', 'at', 'note'];
  const [row] = await rows(bytes, { delimiter: '\t', quote: false, header: columns, encoding: 'windows-1252' });
  expect(row).toMatchObject({ id: '1', p: '2', is_open: 'false', note: 'Málaga' });
});

test('a byte that is not of the declared encoding is a rejected row', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${header}1,,,,,`),
    Buffer.from([0x83, 0x0a, 0x32, 0x2c, 0x2c, 0x2c, 0x2c, 0x2c]),
  ]);
  const found = await read(bytes, { encoding: 'shift_jis' });
  expect(found.counts).toMatchObject({ records: 2, routed: 1, unparseable: 1 });
  expect(found.records[0]?.reasons).toEqual(['has bytes that are not shift_jis']);
});

test.each([
  ['a column twice', 'id,id\n1,2\n', "has the column 'id' twice"],
  ['a broken quote', '"id,note\n1,2\n', 'is broken: a quote is not closed'],
  ['lines that end in CR alone', 'id,note\r1,2\r3,4', 'its lines end in CR alone'],
])('a header with %s fails the file', async (_, text, told) => {
  await expect(read(text)).rejects.toMatchObject({
    name: 'UnreadablePart',
    message: expect.stringContaining(told) as string,
  });
});

test('a mark of UTF-8 is not part of the first name, a file of a header has no records', async () => {
  expect((await read(`\uFEFF${header}1,,,,,\n`)).counts).toMatchObject({ records: 1, routed: 1 });
  expect((await read(header)).counts).toMatchObject({ records: 0 });
  expect((await read('')).counts).toMatchObject({ records: 0 });
});

const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'é', '1', ' ') });
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

test('law: whatever fields hold and wherever chunks end, rows are read as they were written', async () => {
  const table = fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 7 }), fc.constantFrom('\n', '\r\n'), async (rows, size, end) => {
      const bytes = Buffer.from(rows.map((row) => row.map(quoted).join(',') + end).join(''));
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      const form: CsvForm = { form: 'csv', header: ['a', 'b', 'c'] };
      const parse = csvParser(form);
      const found: unknown[] = [];
      let line = 1;
      for await (const block of splitCsv(chunks(), form, undefined)) {
        for (const record of block) {
          const parsed = parse(record);
          found.push('value' in parsed ? Object.values(parsed.value as object) : parsed.reason);
          expect(record.line).toBe(line);
          expect(record.block.subarray(record.from, record.to)).toEqual(
            bytes.subarray(record.offset, record.offset + record.to - record.from),
          );
          line += 1 + record.block.subarray(record.from, record.to).filter((byte) => byte === 0x0a).length;
        }
      }
      expect(found).toEqual(rows);
    }),
    { numRuns: 300 },
  );
});

test('a quote that is never closed costs its own line, however long the file goes on', async () => {
  const line = `${'x'.repeat(99)}\n`;
  const form: CsvForm = { form: 'csv', header: ['a'] };
  async function* chunks() {
    yield Buffer.from('"open\n');
    for (let at = 0; at < 400; at++) yield Buffer.from(line.repeat(1_000));
  }
  const faults: string[] = [];
  let read = 0;
  for await (const block of splitCsv(chunks(), form, undefined)) {
    for (const { fault } of block) if (fault) faults.push(fault);
    read += block.length;
  }
  expect(faults).toEqual(['a quote is not closed']);
  expect(read).toBe(400_001);
});

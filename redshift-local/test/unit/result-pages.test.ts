import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resultPages } from '../../result-pages.js';

const fields = [
  { name: 'n', dataTypeID: 20 },
  { name: 'a "name", quoted', dataTypeID: 1043 },
];
const rows = fc.array(fc.tuple(fc.option(fc.bigInt().map(String)), fc.option(fc.string({ unit: 'grapheme' }))));

function pagesOf(format: 'JSON' | 'CSV', all: (string | null)[][]) {
  const results = resultPages(format);
  for (const row of all) results.add(row, fields);
  return results.done(fields).pages;
}

test('CSV reads back as it was, NULL as nothing', () =>
  fc.assert(
    fc.property(rows, (all) => {
      const [header, ...read] = parse(pagesOf('CSV', all).join(''), { record_delimiter: '\r\n' });
      expect(header).toEqual(fields.map(({ name }) => name));
      expect(read).toEqual(all.map((row) => row.map((value) => value ?? '')));
    }),
  ));

test('JSON keeps every digit, and tells NULL from nothing', () =>
  fc.assert(
    fc.property(rows, (all) => {
      const text = pagesOf('JSON', all).join('');
      for (const [number] of all) if (number !== null) expect(text).toContain(`{"longValue":${number}}`);
      const texts = pagesOf('JSON', all).flatMap((page) => JSON.parse(page) as { stringValue?: string }[][]);
      expect(texts.map((row) => row[1]?.stringValue ?? null)).toEqual(all.map((row) => row[1]));
    }),
  ));

const many = (count: number, width: number) => Array.from({ length: count }, () => ['1', 'x'.repeat(width)]);

test('a page holds at most 1000 rows and 1 MB', () => {
  const lengths = pagesOf('JSON', many(2500, 1)).map((page) => (JSON.parse(page) as unknown[]).length);
  expect(lengths).toEqual([1000, 1000, 500]);
  for (const page of pagesOf('CSV', many(100, 60_000))) expect(page.length).toBeLessThanOrEqual(1024 * 1024);
});

test('a result above 100 MB is refused', () =>
  expect(() => pagesOf('CSV', many(2000, 60_000))).toThrow(/exceeded size limit/));

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRecord } from '../../../records/parse-record.js';
import { splitRecords } from '../../../records/split-records.js';
import type { RecordForm } from '../../../model/source.js';

async function* inChunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function values(form: RecordForm, text: string | Uint8Array, size = 7): Promise<unknown[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const found: unknown[] = [];
  for await (const block of splitRecords(form, inChunks(bytes, size), [{ name: 'a', offset: 0 }])) {
    for (const record of block) {
      const parsed = parseRecord(record);
      found.push('value' in parsed ? parsed.value : 'unparseable');
    }
  }
  return found;
}

const lists = fc.array(fc.jsonValue());

const ndjson: RecordForm = { form: 'ndjson' };
const json: RecordForm = { form: 'json' };
const features: RecordForm = { form: 'json', at: 'features' };

test('any list of values survives, in every form and chunk size', async () => {
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 50 }), async (list, size) => {
      const want = JSON.parse(JSON.stringify(list)) as unknown[];
      expect(await values(ndjson, list.map((value) => JSON.stringify(value)).join('\n'), size)).toEqual(want);
      expect(await values(json, JSON.stringify(list, null, 1), size)).toEqual(want);
      expect(
        await values(features, JSON.stringify({ a: { features: [1] }, features: list, z: [2, [3]] }), size),
      ).toEqual(want);
    }),
    { numRuns: 300 },
  );
});

test('a list at any depth survives, whatever is around it, in every chunk size', async () => {
  const nested: RecordForm = { form: 'json', at: 'data.page.items' };
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 50 }), fc.jsonValue(), async (list, size, other) => {
      const want = JSON.parse(JSON.stringify(list)) as unknown[];
      const page = { first: other, items: list, last: { items: [1], page: { items: [2] } } };
      const decoys = { items: [3], page: { items: [4] }, list: [{ data: { page: { items: [5] } } }] };
      const document = { ...decoys, data: { items: [6], decoys, page, after: [other] }, end: other };
      expect(await values(nested, JSON.stringify(document), size)).toEqual(want);
    }),
    { numRuns: 300 },
  );
});

test('a list that is null at a deep place is empty', async () => {
  expect(await values({ form: 'json', at: 'data.items' }, '{"data":{"items":null}}')).toEqual([]);
});

test('a key with dots in it is one key where it is there', async () => {
  expect(await values({ form: 'json', at: 'odata.value' }, '{"odata.count":1,"odata.value":[1,2]}')).toEqual([1, 2]);
});

test.each([
  ['cut off in the list', '{"data":{"items":[1,2'],
  ['cut off after it', '{"data":{"items":[1]'],
  ['without the list', '{"data":{"other":[1]}}'],
  ['with the list in a list', '{"data":[{"items":[1]}]}'],
  ['with null above it', '{"data":null}'],
  ['with its place as one key too', '{"data":{"items":[9]},"data.items":[1]}'],
  ['with two of it', '{"data":{"items":[1]},"data":{"items":[2]}}'],
])('a document %s at a deep place is unreadable', async (_, text) => {
  await expect(values({ form: 'json', at: 'data.items' }, text)).rejects.toMatchObject({ name: 'UnreadablePart' });
});

test('lines end in LF or CRLF, the last in nothing; a byte order mark is no part of the first', async () => {
  expect(await values(ndjson, '\uFEFF{"a":1}\r\n\n[2]\n3')).toEqual([{ a: 1 }, [2], 3]);
  expect(await values(json, '\uFEFF[1, 2]')).toEqual([1, 2]);
});

test('each record knows its line and offset', async () => {
  const found: [number, number][] = [];
  const chunks = inChunks(Buffer.from('{"features":[\n 1,\n 22]}'), 3);
  for await (const block of splitRecords(features, chunks, [])) {
    for (const { line, offset } of block) found.push([line, offset]);
  }
  expect(found).toEqual([
    [2, 15],
    [3, 19],
  ]);
});

test.each([
  ['an empty element', '[1,,2]', [1, 'unparseable', 2]],
  ['a comma at the end', '[1,]', [1, 'unparseable']],
  ['two values without a comma', '[1 2]', ['unparseable']],
  ['an integer that a double would round', '[9007199254740993]', [9007199254740993n]],
  ['the same digits in a string', '["9007199254740993"]', ['9007199254740993']],
  ['no element', '[]', []],
  ['one object', '{"a":1}', [{ a: 1 }]],
])('%s', async (_, text, want) => {
  expect(await values(json, text)).toEqual(want);
});

test('bytes that are not UTF-8 are unparseable', async () => {
  expect(await values(ndjson, Buffer.from([0x22, 0xff, 0x22, 0x0a, 0x31]))).toEqual(['unparseable', 1]);
});

test.each([
  ['cut off in the array', '{"features":[{"a":1},{"b"'],
  ['cut off after it', '{"features":[1]'],
  ['garbage after it', '{"features":[1]} x'],
  ['without such an array', '{"items":[1]}'],
  ['with another value there', '{"features":{}}'],
  ['with two of them', '{"features":[1],"features":[2]}'],
  ['empty', ' \n'],
])('a document that is %s is unreadable, not short', async (_, text) => {
  await expect(values(features, text)).rejects.toMatchObject({ name: 'UnreadablePart' });
});

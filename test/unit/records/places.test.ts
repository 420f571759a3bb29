import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitRecords } from '../../../records/split-records.js';
import { parseRecord } from '../../../records/parse-record.js';
import type { PartSources, RawRecord } from '../../../records/raw-record.js';
import { anyValues, storedRows } from '../../support/any-values.js';
import { validated } from '../../../testing/validated.js';

async function* inChunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function recordsOf(bytes: Uint8Array, size: number, sources: PartSources): Promise<RawRecord[]> {
  const found: RawRecord[] = [];
  for await (const block of splitRecords({ form: 'ndjson' }, inChunks(bytes, size), sources)) found.push(...block);
  return found;
}

const files = fc.array(fc.array(fc.constantFrom('', ' ', '{"a":"é"}', '1', '[]', '"\\n"', '{"b":2}\r')), {
  maxLength: 5,
});

test('a record of a merged part is found by its line and offset in its own file', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 1, max: 40 }), fc.boolean(), async (lists, size, hasMark) => {
      const texts = lists.map((lines) => `${hasMark ? '\uFEFF' : ''}${lines.join('\n')}`).filter((text) => text !== '');
      const sources: PartSources = [];
      let part = Buffer.alloc(0);
      for (const [at, text] of texts.entries()) {
        sources.push({ name: String(at), offset: part.length });
        part = Buffer.concat([part, Buffer.from(`${text}\n`)]);
      }
      const found = await recordsOf(part, size, sources);
      for (const { source, line, offset, block, from, to } of found) {
        const bytes = Buffer.from(texts[source] ?? '');
        const record = block.subarray(from, to);
        expect(bytes.subarray(offset, offset + record.length)).toEqual(record);
        expect(bytes.toString().split('\n')[line - 1]).toContain(record.toString());
      }
      const wanted = texts
        .flatMap((text) => text.replace('\uFEFF', '').split('\n'))
        .filter((line) => line.trim() !== '');
      expect(found).toHaveLength(wanted.length);
    }),
    { numRuns: 200 },
  );
});

test('a file that goes on from an earlier part counts on from there', async () => {
  const sources = [
    { name: 'big', offset: 0, skipped: { bytes: 1_000, lines: 10 } },
    { name: 'next', offset: 4 },
  ];
  const found = await recordsOf(Buffer.from('1\n2\n3\n'), 3, sources);
  expect(found.map(({ source, line, offset }) => [source, line, offset])).toEqual([
    [0, 11, 1_000],
    [0, 12, 1_002],
    [1, 1, 0],
  ]);
});

test.each([1024 * 1024, 64 * 1024 * 1024])(
  'a record above the limit is rejected with its place, in chunks of %d bytes',
  async (size) => {
    const long = `"${'x'.repeat(20_000_000)}"`;
    const found = await recordsOf(Buffer.from(`{"a":1}\n${long}\n{"b":2}\n${long}`), size, [{ name: 'a', offset: 0 }]);
    expect(found.map(({ line, offset }) => [line, offset])).toEqual([
      [1, 0],
      [2, 8],
      [3, 8 + long.length + 1],
      [4, 8 + long.length + 9],
    ]);
    expect(found.map((record) => 'reason' in parseRecord(record))).toEqual([false, true, false, true]);
    expect(found[1]?.to).toBeLessThan(70_000);
  },
);

test('a long element of a document is rejected, and the others are read', async () => {
  const body = JSON.stringify({ features: [{ d: 1 }, { s: 'x'.repeat(17_000_000) }, { d: 2 }] });
  const result = await validated(anyValues, body, { form: { form: 'json', at: 'features' } });
  expect(result.counts).toMatchObject({ records: 3, routed: 2, unparseable: 1 });
  expect(result.records).toMatchObject([{ line: 1, offset: 21, recordBytes: 17_000_008 }]);
  expect(result.records[0]?.record.length).toBe(65_536);
});

test('a large document is held an element at a time', { timeout: 60_000 }, async () => {
  const element = Buffer.from(`${JSON.stringify({ d: 1, s: 'x'.repeat(500) })},\n`);
  const megabyte = Buffer.concat(Array.from({ length: 2_000 }, () => element));
  async function* document(): AsyncIterable<Uint8Array> {
    yield Buffer.from('{"features":[');
    for (let count = 0; count < 100; count++) yield Buffer.from(megabyte);
    yield Buffer.from('{"d":1}]}');
  }
  let records = 0;
  let most = 0;
  const before = process.memoryUsage.rss();
  for await (const block of splitRecords({ form: 'json', at: 'features' }, document(), [])) {
    records += block.length;
    most = Math.max(most, process.memoryUsage.rss() - before);
  }
  expect(records).toBe(200_001);
  expect(most).toBeLessThan(60 * 1024 * 1024);
});

const lines = fc.array(
  fc.oneof(
    fc.constantFrom(
      '{"d":1}',
      '{"d":"x"}',
      '{"n":1.5}',
      '{"s":"\\u0000"}',
      '{',
      'nonsense',
      '',
      '[1]',
      '{"n":9007199254740993}',
    ),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  ),
);

test('the counts add up, and every record is stored or kept with a reason', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(lines, async (list) => {
      const result = await validated(anyValues, list.join('\n'));
      const { counts, records, entities } = result;
      const entity = entities['any_value'];
      expect(counts.routed + counts.ignored + counts.dropped + counts.unparseable).toBe(counts.records);
      expect(counts.records).toBe(list.filter((line) => line.trim() !== '').length);
      expect((entity?.valid ?? 0) + (entity?.rejected ?? 0)).toBe(counts.routed);
      expect(records).toHaveLength((entity?.rejected ?? 0) + counts.unparseable);
      expect(await storedRows(result)).toHaveLength(entity?.valid ?? -1);
      for (const { line, record, reasons } of records) {
        expect(list[line - 1]?.trim()).toBe(record);
        expect(reasons[0]).toBeTruthy();
      }
    }),
    { numRuns: 100 },
  );
});

test('bytes that are not UTF-8 are kept, and text is cut between characters', async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
  const long = Buffer.from(`x${'é'.repeat(40_000)}`);
  const { records } = await validated(anyValues, Buffer.concat([bytes, Buffer.from('\n'), long]));
  expect(Buffer.from(records[0]?.base64 ?? '', 'base64')).toEqual(bytes);
  expect(records[1]).toMatchObject({ recordBytes: 80_001, record: `x${'é'.repeat(32_767)}` });
  expect(records[1]).not.toHaveProperty('base64');
});

test('reasons of a record are bounded', async () => {
  const { records, reasons } = await validated(anyValues, '{"n":"x","d":"x","p":[],"s":1}');
  expect(records[0]?.reasons).toHaveLength(4);
  expect(Object.values(reasons ?? {})).toEqual([1, 1, 1, 1]);
});

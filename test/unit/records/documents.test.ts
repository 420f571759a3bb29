import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitDocuments } from '../../../records/split-documents.js';

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 7): Promise<string[]> {
  const found: string[] = [];
  for await (const block of splitDocuments(inPieces(text, size)))
    for (const { block: bytes, from, to } of block) found.push(bytes.toString('utf8', from, to));
  return found;
}

test('law: documents one after the other are a record each, whatever is between them and wherever chunks end', async () => {
  const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r\n', '\t') });
  const document = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(document, space), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
      async (given, size) => {
        const texts = given.map(([value]) => JSON.stringify(value, null, 1));
        expect(await read(given.map(([, gap], at) => `${texts[at]}${gap}`).join(''), size)).toEqual(texts);
      },
    ),
  );
});

test('a list is read as its elements, as before', async () => {
  expect(await read(' [{"a": 1}, 2]')).toEqual(['{"a": 1}', '2']);
});

test('lines and offsets are those of the file', async () => {
  const text = '\uFEFF{"a":\n1}\n\n{"b": 2}';
  const found: unknown[] = [];
  for await (const block of splitDocuments(inPieces(text, 3)))
    for (const { line, offset } of block) found.push({ line, offset });
  expect(found).toEqual([
    { line: 1, offset: 3 },
    { line: 4, offset: 13 },
  ]);
});

test.each([
  ['ends early', '{"a": 1}{"b": ', 'ends at byte 14, inside the record that begins at byte 8'],
  ['has something between', '{"a": 1}, {"b": 2}', "at byte 8: expected nothing after the value, got ','"],
  ['is the only one, and malformed', '{"a": 1,}', 'malformed around its records, at byte 8'],
])('a file whose document %s fails', async (_, text, told) => {
  await expect(read(text)).rejects.toMatchObject({
    name: 'UnreadablePart',
    message: expect.stringContaining(told) as string,
  });
});

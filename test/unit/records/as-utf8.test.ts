import { expect, test } from 'vitest';
import { asUtf8 } from '../../../records/as-utf8.js';

const text = '{"v":"é😀"}\n{"v":"x"}';
const be = Buffer.from(text, 'utf16le').swap16();

async function read(bytes: Buffer, size: number): Promise<string> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found: Uint8Array[] = [];
  for await (const chunk of asUtf8(chunks())) found.push(chunk);
  return Buffer.concat(found).toString();
}

test.each([
  ['UTF-16, little-endian', Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from(text, 'utf16le')]), text],
  ['UTF-16, big-endian', Buffer.concat([Buffer.from('feff', 'hex'), be]), text],
  ['UTF-8', Buffer.from(text), text],
  ['UTF-8 of three bytes', Buffer.from('123'), '123'],
  ['nothing', Buffer.from(''), ''],
  ['the mark alone', Buffer.from('fffe', 'hex'), ''],
])('%s', async (_, bytes, want) => {
  for (const size of [1, 2, 3, 5, 1_000]) expect(await read(bytes, size)).toBe(want);
});

test.each([
  ['UTF-32', Buffer.from('fffe00007b000000', 'hex')],
  ['half a surrogate pair', Buffer.from('fffe3dd8', 'hex')],
  ['half a character', Buffer.from('fffe7b007b', 'hex')],
])('%s is a fault, never replaced', async (_, bytes) => {
  await expect(read(bytes, 3)).rejects.toMatchObject({ name: 'UnreadablePart' });
});

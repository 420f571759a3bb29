/** what the first bytes of a file say of its encoding; undefined where they say nothing, which is read as UTF-8 */
export function markedEncoding(first: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-32' | undefined {
  const [a, b, c, d] = first;
  if (a === 0xff && b === 0xfe) return first.length >= 4 && c === 0 && d === 0 ? 'utf-32' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 'utf-32' : undefined;
}

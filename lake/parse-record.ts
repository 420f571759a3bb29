const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type Parsed = { value: unknown } | { reason: string };

/** one record; integers that a double cannot hold make it unparseable, since parsing would round them */
export function parseRecord(bytes: Uint8Array): Parsed {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { reason: 'not UTF-8' };
  }
  try {
    const value: unknown = JSON.parse(text);
    const rounded = /\d{16}/.test(text) && roundedInteger(text);
    return rounded ? { reason: `integer beyond 2^53, which JSON.parse would round: ${rounded}` } : { value };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function roundedInteger(text: string): string | undefined {
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    if (/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))) return token;
  }
  return undefined;
}

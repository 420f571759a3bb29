import { ValueError } from './load-errors.js';
import type { TargetColumn } from './target-columns.js';

const mostBytes = 16_777_216;

/** JSON text on its way into SUPER: what is not longer than one text may be holds none that is */
export function fitSuper(json: string, { superText, name }: TargetColumn): string {
  const bytes = Buffer.byteLength(json);
  if (bytes <= superText) return json;
  if (bytes > mostBytes)
    throw new ValueError(1224, `SUPER value of column ${name} exceeds the max size of ${mostBytes} bytes`);
  const longest = longestText(JSON.parse(json));
  if (longest > superText)
    throw new ValueError(
      1224,
      `String value exceeds the max size of ${superText} bytes: a text in column ${name} has ${longest}`,
    );
  return json;
}

function longestText(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  let longest = 0;
  for (const [name, member] of Object.entries(value)) {
    longest = Math.max(longest, Buffer.byteLength(name), longestText(member));
  }
  return longest;
}

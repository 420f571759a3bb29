/** a number as it was written: none loses a digit on its way into DECIMAL, BIGINT or SUPER */
export class ExactNumber {
  constructor(readonly text: string) {}
}

const marker = '\u0000number:';
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function parseExact(text: string): unknown {
  // a number's place is checked by JSON.parse all the same: a string is allowed wherever a number is, but as a name
  const marked = text.replace(stringOrNumber, (found, at: number) =>
    found.startsWith('"') || /^\s*:/.test(text.slice(at + found.length, at + found.length + 8)) || isBad(found)
      ? found
      : JSON.stringify(marker + found),
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(marker) ? new ExactNumber(value.slice(marker.length)) : value,
  );
}

/** left to JSON.parse to refuse: 012 */
const isBad = (number: string) => /^-?0\d/.test(number);

/** JSON text without white space */
export function exactText(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(exactText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, field]) => `${JSON.stringify(name)}:${exactText(field)}`)
    .join(',')}}`;
}

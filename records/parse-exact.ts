import { isInteger, maxDepth, pointerName, type Digits } from '../model/digits.js';
import { isSameNumber } from '../model/exact-number.js';

/** why a text is no JSON, and where, in UTF-16 units */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  readonly index: number;
  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// a run without quote, backslash and control characters
// oxlint-disable-next-line no-control-regex
const plainText = /[^"\\\u0000-\u001f]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const space = /[ \t\n\r]*/y;
const literals = { t: ['true', true], f: ['false', false], n: ['null', null] } as const;

/**
 * like JSON.parse, and slower by far; of numbers that a double rounds the digits are kept beside,
 * and one written as an integer becomes a bigint; throws Malformed
 */
export function parseExact(text: string): { value: unknown; digits: Digits } {
  const digits = new Map<string, string>();
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const fail = (expected: string): never => {
    const got = at < text.length ? `'${String.fromCodePoint(text.codePointAt(at) ?? 0)}'` : 'the end';
    throw new Malformed(at, `expected ${expected}, got ${got}`);
  };

  function string(): string {
    const start = at++;
    for (;;) {
      take(plainText);
      if (text[at] === '"') break;
      if (text[at] !== '\\') fail(at < text.length ? 'no control character in a string' : 'the end of a string');
      if (take(escape) === undefined) fail('an escape such as \\n or \\u00e9');
    }
    return JSON.parse(text.slice(start, ++at)) as string;
  }

  function exactNumber(path: string): unknown {
    const token = take(number);
    if (token === undefined) return fail('a value');
    const value = Number(token);
    if (isSameNumber(token, String(value))) return value;
    digits.set(path, token);
    // a double's whole range is left to the schema, which takes no infinity
    return isInteger(token) && Number.isFinite(value) ? BigInt(token) : value;
  }

  function members(path: string, depth: number): object {
    const found: Record<string, unknown> = {};
    at++;
    take(space);
    if (text[at] === '}') return (at++, found);
    for (;;) {
      if (text[at] !== '"') fail("a key in quotes or '}'");
      const key = string();
      take(space);
      if (text[at] !== ':') fail("':'");
      at++;
      const value = valueAt(`${path}/${pointerName(key)}`, depth);
      // an assignment would set the prototype
      Object.defineProperty(found, key, { value, enumerable: true, configurable: true, writable: true });
      if (text[at] === '}') return (at++, found);
      if (text[at] !== ',') fail("',' or '}'");
      at++;
      take(space);
    }
  }

  function items(path: string, depth: number): unknown[] {
    const found: unknown[] = [];
    at++;
    take(space);
    if (text[at] === ']') return (at++, found);
    for (;;) {
      found.push(valueAt(`${path}/${found.length}`, depth));
      if (text[at] === ']') return (at++, found);
      if (text[at] !== ',') fail("',' or ']'");
      at++;
    }
  }

  /** a value and the space around it */
  function valueAt(path: string, depth: number): unknown {
    take(space);
    const value = bare(path, depth);
    take(space);
    return value;
  }

  function bare(path: string, depth: number): unknown {
    const first = text[at] ?? '';
    if (first === '"') return string();
    if (first === '{' || first === '[') {
      if (depth === maxDepth) throw new Malformed(at, `nested deeper than ${maxDepth} levels`);
      return first === '{' ? members(path, depth + 1) : items(path, depth + 1);
    }
    if (first === 't' || first === 'f' || first === 'n') {
      const [word, value] = literals[first];
      if (!text.startsWith(word, at)) fail(word);
      at += word.length;
      return value;
    }
    return exactNumber(path);
  }

  const value = valueAt('', 0);
  if (at < text.length) fail('nothing after the value');
  return { value, digits };
}

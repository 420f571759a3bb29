import type { Keys, Layout } from './layout.js';
import { afterKey, afterSpace, scalar } from './plain-json.js';

/** the value of `bytes[from, to)`, where `text` is all of the bytes as latin1; undefined where it is not of the layout */
export type LayoutParser = (bytes: Uint8Array, text: string, from: number, to: number) => unknown;

const comma = 0x2c;
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * a parser of JSON of one layout, as generated code: it knows which key comes next, so keys are compared, not read, and
 * objects are literals. a third of JSON.parse's time.
 * of a record, only keys of printable ASCII are written into the code, as strings
 */
export function layoutParser(layout: Layout): LayoutParser {
  const keys: Uint8Array[] = [];
  const functions: string[] = [];
  const record = read(layout, 'value');

  /** assigns the value at `at`, and moves behind it */
  function read({ keys, items }: Layout, to: string): string {
    const kinds = [
      ...(keys ? [`bytes[at] === ${openObject} ? ${declare(members(keys, []))}`] : []),
      ...(items ? [`bytes[at] === ${openArray} ? ${declare(list(items))}`] : []),
      'scalar(bytes, text, at, after)',
    ];
    return `const ${to} = ${kinds.join(' : ')};
if (${to} === undefined) return undefined;
at = after[0];`;
  }

  /** a function for each object and array: one large function takes the engine seconds to optimize */
  function declare(body: string): string {
    return `f${functions.push(body) - 1}(bytes, text, at)`;
  }

  function list(items: Layout): string {
    return `const list = [];
at++;
while (bytes[at] !== ${closeArray}) {
  if (list.length > 0) {
    if (bytes[at] !== ${comma}) return undefined;
    at = afterSpace(bytes, at + 1);
  }
  ${read(items, 'item')}
  list.push(item);
}
after[0] = at + 1;
return list;`;
  }

  /** after some members of an object comes its end, or one of the keys that did before */
  function members({ next, canEnd }: Keys, before: string[]): string {
    const fields = before.map((name, at) => `${JSON.stringify(name)}: v${at}`);
    const end = `if (bytes[at] === ${closeObject}) { after[0] = at + 1; return { ${fields.join(', ')} }; }`;
    const alternatives = [...next].map(([name, { value, rest }]) => {
      const key = keys.push(Buffer.from(JSON.stringify(name))) - 1;
      return `if ((next = afterKey(bytes, at, keys[${key}])) > 0) {
at = next;
${read(value, `v${before.length}`)}
${members(rest, [...before, name])}
}`;
    });
    return `${before.length === 0 ? 'let next = 0; at++;' : ''}
${canEnd ? end : ''}
${before.length === 0 ? '' : `if (bytes[at] !== ${comma}) return undefined; at = afterSpace(bytes, at + 1);`}
${alternatives.join('\n')}
return undefined;`;
  }

  const code = `'use strict';
const after = new Int32Array(1);
${functions.map((body, at) => `function f${at}(bytes, text, at) {\n${body}\n}`).join('\n')}
return (bytes, text, at, to) => {
  ${record}
  return at === to ? value : undefined;
};`;
  const given = { keys, afterKey, afterSpace, scalar };
  // oxlint-disable-next-line typescript/no-implied-eval -- generated on purpose, see above
  return new Function(...Object.keys(given), code)(...Object.values(given)) as LayoutParser;
}

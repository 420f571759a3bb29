import { z } from 'zod';
import { exactText, ExactNumber } from './exact-json.js';
import { ValueError } from './load-errors.js';
import type { TargetColumn } from './target-columns.js';

/** picks the field of each column out of one document */
export type Pick = (document: unknown) => (string | null | undefined)[];

/** 'auto', 'auto ignorecase', 'noshred', or the text of a jsonpaths file */
export function jsonColumns(argument: string, columns: TargetColumn[], jsonPaths: string | undefined): Pick {
  if (argument === 'noshred') {
    if (columns.length !== 1 || columns[0]?.type !== 'super')
      throw new Error("COPY with JSON 'noshred' takes one column, of type SUPER");
    return (document) => [exactText(document)];
  }
  if (jsonPaths !== undefined) return byPaths(argument, columns, jsonPaths);
  const fold = argument === 'auto ignorecase' ? (name: string) => name.toLowerCase() : (name: string) => name;
  return (document) => {
    if (typeof document !== 'object' || document === null || Array.isArray(document))
      throw new ValueError(1216, "Invalid JSONPath format: Member is not an object: 'auto' takes objects");
    const fields = new Map(Object.entries(document).map(([name, value]) => [fold(name), value as unknown]));
    return columns.map((column) => fieldText(fields.get(column.name), column));
  };
}

const shape = z.strictObject({ jsonpaths: z.array(z.string()).min(1) });

function byPaths(url: string, columns: TargetColumn[], text: string): Pick {
  let parsed: z.infer<typeof shape>;
  try {
    parsed = shape.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`Invalid JSONPaths file ${url}: it must be {"jsonpaths": ["$.a", ...]}`, { cause: error });
  }
  const paths = parsed.jsonpaths.map((path) => steps(path));
  if (paths.length !== columns.length)
    throw new Error(
      `Number of jsonpaths and the number of columns should match. JSONPath size: ${paths.length}, Number of columns in table or column list: ${columns.length}`,
    );
  return (document) => columns.map((column, at) => fieldText(follow(document, paths[at] ?? []), column));
}

/** `$.a.b` or `$['a'][0]`, not both in one path */
function steps(path: string): (string | number)[] {
  const rest = path.slice(1);
  const dots = /^(\.[^.[\]]+(\[\d+\])*)+$/.test(rest);
  const brackets = /^(\[(\d+|'[^']+'|"[^"]+")\])+$/.test(rest);
  if (!path.startsWith('$') || (rest !== '' && !dots && !brackets))
    throw new Error(`Invalid JSONPath format: ${path}: it takes $.name or $['name'] and [0], of one kind`);
  return [...rest.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\]/g)].map(
    ([, dot, index, single, double]) => (index === undefined ? (dot ?? single ?? double ?? '') : Number(index)),
  );
}

function follow(value: unknown, path: (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    if (typeof step === 'number') found = Array.isArray(found) ? (found as unknown[])[step] : undefined;
    else found = Object.hasOwn(found, step) ? (found as Record<string, unknown>)[step] : undefined;
  }
  return found;
}

function fieldText(value: unknown, { type }: TargetColumn): string | null {
  if (value === undefined || value === null) return null;
  if (type === 'super') return exactText(value);
  if (typeof value === 'string') return value;
  return value instanceof ExactNumber ? value.text : exactText(value);
}

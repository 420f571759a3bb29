import { maxNamedFields, type Drift } from '../model/drift.js';
import type { Known } from '../columns/known-fields.js';
import type { Reason } from './reasons.js';

/** looks at the fields of every row of one entity and part; next to nothing while they are those of the schema */
export interface FieldWatch {
  /** counts a row that is known to have no unknown field */
  count(row: unknown): void;
  /** counts a row's fields; its unknown ones in their places, or undefined, as for nearly every row */
  unknownIn(row: unknown): Record<string, unknown> | undefined;
  /** paths of what `unknownIn` found, a bounded number */
  namesIn(found: Record<string, unknown>): string[];
  /** counts the fields whose type the schema refused */
  retyped(row: unknown, reasons: Reason[]): void;
  /** undefined when there was no row */
  drift(): Drift | undefined;
  /** of another part from now on */
  restart(): void;
}

type Fields = Record<string, unknown>;

/** a name that a source made up may be of any length */
const maxNameLength = 120;

export function fieldWatch(known: Known): FieldWatch {
  const unknown = new Map<string, { count: number; type: string }>();
  const retyped = new Map<string, { count: number; expected: string; got: string }>();
  let awaited = declaredFields(known);
  let unnamed = 0;
  let rows = 0;

  function look(row: Fields): void {
    let anySeen = false;
    for (const field of awaited) {
      const parent = objectAt(row, field.parent);
      if (!parent) continue;
      if (Object.hasOwn(parent, field.name)) field.isSeen = anySeen = true;
      else field.lacking++;
    }
    if (anySeen) awaited = awaited.filter((field) => !field.isSeen);
  }

  function tally(path: string, value: unknown): void {
    const seen = unknown.get(path);
    if (seen) seen.count++;
    else if (unknown.size < maxNamedFields) unknown.set(path, { count: 1, type: typeName(value) });
    else unnamed++;
  }

  function count(row: unknown): void {
    rows++;
    if (awaited.length > 0 && isObject(row)) look(row);
  }

  return {
    count,
    unknownIn(row) {
      count(row);
      if (!isObject(row)) return undefined;
      const found = unknownFields(row, known);
      if (found) for (const [path, value] of pathsIn(found, known)) tally(path, value);
      return found;
    },
    namesIn: (found) => [...pathsIn(found, known)].slice(0, maxNamedFields).map(([path]) => path),
    retyped(row, reasons) {
      for (const { path, expected } of reasons) {
        const value = expected === undefined ? undefined : path.reduce(childOf, row);
        if (expected === undefined || value === undefined) continue;
        const field = path.map((name) => (typeof name === 'number' ? '[]' : String(name))).join('.');
        const seen = retyped.get(field);
        if (seen) seen.count++;
        else if (retyped.size < maxNamedFields) retyped.set(field, { count: 1, expected, got: typeName(value) });
      }
    },
    restart() {
      unknown.clear();
      retyped.clear();
      awaited = declaredFields(known);
      unnamed = rows = 0;
    },
    drift: () =>
      rows === 0
        ? undefined
        : {
            unknown: Object.fromEntries(unknown),
            unnamed,
            absent: Object.fromEntries(
              awaited.map(({ parent, name, lacking }) => [[...parent, name].join('.'), lacking]),
            ),
            retyped: Object.fromEntries(retyped),
          },
  };
}

/** the undeclared fields of a value in their places, list items by their index; undefined when there are none */
export function unknownFields(value: Fields, known: Known): Fields | undefined {
  let found: Fields | undefined;
  for (const name in value) {
    const field = known.items ?? known.fields?.get(name);
    if (!field) {
      found ??= Object.create(null) as Fields;
      found[name] = value[name];
    } else if (field.fields || field.items) {
      const child = value[name];
      const inner = isObject(child) ? unknownFields(child, field) : undefined;
      if (inner) {
        found ??= Object.create(null) as Fields;
        found[name] = inner;
      }
    }
  }
  return found;
}

/** list items share one path */
function* pathsIn(found: Fields, known: Known, prefix = ''): Iterable<[path: string, value: unknown]> {
  for (const [name, value] of Object.entries(found)) {
    const field = known.items ?? known.fields?.get(name);
    const path = known.items ? `${prefix}[]` : `${prefix}${prefix ? '.' : ''}${name.slice(0, maxNameLength)}`;
    if (field) yield* pathsIn(value as Fields, field, path);
    else yield [path, value];
  }
}

interface Awaited {
  parent: string[];
  name: string;
  lacking: number;
  isSeen: boolean;
}

function declaredFields(known: Known, parent: string[] = []): Awaited[] {
  return [...(known.fields ?? [])]
    .filter(([, field]) => field.isStored)
    .flatMap(([name, field]) => [
      { parent, name, lacking: 0, isSeen: false },
      ...declaredFields(field, [...parent, name]),
    ]);
}

function objectAt(row: Fields, path: string[]): Fields | undefined {
  let current: unknown = row;
  for (const name of path) current = childOf(current, name);
  return isObject(current) ? current : undefined;
}

function childOf(value: unknown, name: PropertyKey): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name as string] : undefined;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

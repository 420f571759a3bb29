import type { Digits } from '../model/digits.js';
import { addShape, addValue, noShape, type Shape } from './shape.js';

/** the records of a sample: all of them, and apart by the values of fields that may say of which kind a record is */
export interface Summary {
  all: Shape;
  kinds: Map<string, Map<string, Shape> | 'many'>;
}

/** names by which sources say of which kind a record is, the likeliest first */
const kindNames = ['type', 'kind', 'on', 'object', 'resource', 'entity', 'event_type', 'eventType', 'event', 'action'];
/** more kinds are not tables of their own */
const mostKinds = 16;

export const noSummary = (): Summary => ({ all: noShape(), kinds: new Map() });

export function addRecord(into: Summary, record: unknown, digits?: Digits): void {
  addValue(into.all, record, digits);
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return;
  for (const name of kindNames) {
    const value = Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined;
    if (typeof value === 'string') withKind(into, name, value, (shape) => addValue(shape, record, digits));
  }
}

/** adds another part of the sample, which stays as it is; in any order, any grouping */
export function addSummary(into: Summary, from: Summary): Summary {
  addShape(into.all, from.all);
  for (const [name, kinds] of from.kinds) {
    if (kinds === 'many') into.kinds.set(name, 'many');
    else for (const [value, shape] of kinds) withKind(into, name, value, (own) => addShape(own, shape));
  }
  return into;
}

function withKind({ kinds }: Summary, name: string, value: string, add: (shape: Shape) => void): void {
  const known = kinds.get(name) ?? new Map<string, Shape>();
  if (known === 'many') return;
  const shape = known.get(value) ?? noShape();
  add(shape);
  known.set(value, shape);
  kinds.set(name, known.size > mostKinds ? 'many' : known);
}

/** the field that divides the records into kinds of different fields, and the shape of each kind */
export function kindsOf({ all, kinds }: Summary): { field: string; shapes: Map<string, Shape> } | undefined {
  const found = kindNames.flatMap((field, place) => {
    const shapes = kinds.get(field);
    if (!shapes || shapes === 'many' || shapes.size < 2 || shapes.size > mostTables) return [];
    const records = [...shapes.values()].reduce((sum, { values }) => sum + values, 0);
    if (records !== all.values || likeness([...shapes.values()]) > mostAlike) return [];
    return [{ field, shapes, place }];
  });
  found.sort((a, b) => a.shapes.size - b.shapes.size || a.place - b.place);
  return found[0];
}

const mostTables = 8;
/** the share of fields that two kinds have in common */
const mostAlike = 0.8;

function likeness(shapes: Shape[]): number {
  const names = shapes.map((shape) => new Set(namesOf(shape)));
  const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other] as const));
  const shares = pairs.map(([one, other]) => {
    const both = [...one].filter((name) => other.has(name)).length;
    return both / (one.size + other.size - both || 1);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function namesOf({ objects }: Shape, depth = 0): string[] {
  if (!objects || objects.fields === 'many') return [];
  return [...objects.fields].flatMap(([name, shape]) => [
    name,
    ...(depth < 2 ? namesOf(shape, depth + 1).map((inner) => `${name}.${inner}`) : []),
  ]);
}

import { pointerName, type Digits } from '../model/digits.js';
import { addNumbers, seenNumber, type SeenNumbers } from './seen-numbers.js';
import { addTexts, seenText, type SeenTexts } from './seen-texts.js';

/** everything that came at one place of the records. Adding shapes is associative and free of order: parts may be read side by side */
export interface Shape {
  /** of any kind, null too */
  values: number;
  nulls: number;
  booleans: number;
  numbers?: SeenNumbers;
  texts?: SeenTexts;
  lists?: SeenLists;
  objects?: SeenObjects;
  /** different texts and whole numbers, each by its kind; 'many' beyond what is worth holding */
  distinct: Set<string> | 'many';
}

interface SeenLists {
  count: number;
  longest: number;
  /** lists that hold texts, numbers and the like only */
  plain: number;
  items: Shape;
}

export interface SeenObjects {
  count: number;
  /** whose members are lists of one length, as tables are written column by column */
  columnar: number;
  /** 'many': the names are data, and their values are one shape */
  fields: Map<string, Shape> | 'many';
  /** values of all fields; only where there are too many names */
  any?: Shape;
  /** names that no text of SUPER can be */
  unstorable: number;
}

/** a table has fewer columns, a list of names that is longer is data */
const mostNames = 1_000;
const mostDistinct = 10_000;
const longestDistinct = 128;

export const noShape = (): Shape => ({ values: 0, nulls: 0, booleans: 0, distinct: new Set() });

/** adds one value; `digits` are those of numbers that a double rounds, by their place in the record */
export function addValue(into: Shape, value: unknown, digits?: Digits, pointer = ''): void {
  into.values++;
  if (value === null || value === undefined) into.nulls++;
  else if (typeof value === 'boolean') into.booleans++;
  else if (typeof value === 'number' || typeof value === 'bigint') {
    const seen = seenNumber(value, digits?.get(pointer) ?? (typeof value === 'bigint' ? String(value) : undefined));
    into.numbers = into.numbers ? addNumbers(into.numbers, seen) : seen;
    if (seen.whole > 0) distinguish(into, `n${value}`);
  } else if (typeof value === 'string') {
    const seen = seenText(value);
    into.texts = into.texts ? addTexts(into.texts, seen) : seen;
    distinguish(into, `t${value}`);
  } else if (Array.isArray(value)) addList(into, value, digits, pointer);
  else addObject(into, value as Record<string, unknown>, digits, pointer);
}

/** adds what another shape has seen, which stays as it is */
export function addShape(into: Shape, from: Shape): Shape {
  into.values += from.values;
  into.nulls += from.nulls;
  into.booleans += from.booleans;
  if (from.numbers) into.numbers = into.numbers ? addNumbers(into.numbers, from.numbers) : from.numbers;
  if (from.texts) into.texts = into.texts ? addTexts(into.texts, from.texts) : from.texts;
  if (from.lists) {
    const { count = 0, longest = 0, plain = 0, items = noShape() } = into.lists ?? {};
    into.lists = {
      count: count + from.lists.count,
      longest: Math.max(longest, from.lists.longest),
      plain: plain + from.lists.plain,
      items: addShape(items, from.lists.items),
    };
  }
  if (from.objects) addObjects(into, from.objects);
  if (from.distinct === 'many') into.distinct = 'many';
  else for (const one of from.distinct) distinguish(into, one);
  return into;
}

/** what the values of an object's fields have in common, whatever their names */
export function anyField({ fields, any }: SeenObjects): Shape {
  if (fields === 'many') return any ?? noShape();
  const all = noShape();
  for (const shape of fields.values()) addShape(all, shape);
  return all;
}

function addList(into: Shape, list: unknown[], digits: Digits | undefined, pointer: string): void {
  const lists = (into.lists ??= { count: 0, longest: 0, plain: 0, items: noShape() });
  lists.count++;
  lists.longest = Math.max(lists.longest, list.length);
  if (list.every((item) => typeof item !== 'object' || item === null)) lists.plain++;
  for (const [at, item] of list.entries()) addValue(lists.items, item, digits, digits ? `${pointer}/${at}` : '');
}

function addObject(into: Shape, value: Record<string, unknown>, digits: Digits | undefined, pointer: string): void {
  const objects = objectsOf(into);
  objects.count++;
  const members = Object.entries(value);
  if (isColumnar(members.map(([, member]) => member))) objects.columnar++;
  for (const [name, member] of members) {
    if (isUnstorable(name)) objects.unstorable++;
    addValue(fieldOf(objects, name), member, digits, digits ? `${pointer}/${pointerName(name)}` : '');
  }
  collapse(objects);
}

function addObjects(into: Shape, from: SeenObjects): void {
  const objects = objectsOf(into);
  objects.count += from.count;
  objects.columnar += from.columnar;
  objects.unstorable += from.unstorable;
  if (from.fields === 'many') {
    collapse(objects, true);
    if (from.any && objects.any) addShape(objects.any, from.any);
    return;
  }
  for (const [name, shape] of from.fields) addShape(fieldOf(objects, name), shape);
  collapse(objects);
}

function objectsOf(into: Shape): SeenObjects {
  return (into.objects ??= { count: 0, columnar: 0, fields: new Map(), unstorable: 0 });
}

function fieldOf(objects: SeenObjects, name: string): Shape {
  if (objects.fields === 'many') return (objects.any ??= noShape());
  const known = objects.fields.get(name);
  if (known) return known;
  const made = noShape();
  objects.fields.set(name, made);
  return made;
}

function collapse(objects: SeenObjects, isForced = false): void {
  if (objects.fields === 'many' || (!isForced && objects.fields.size <= mostNames)) return;
  objects.any = anyField(objects);
  objects.fields = 'many';
}

function distinguish(into: Shape, value: string): void {
  if (into.distinct === 'many') return;
  if (value.length > longestDistinct) into.distinct = 'many';
  else if (into.distinct.add(value).size > mostDistinct) into.distinct = 'many';
}

const isUnstorable = (name: string) => name.includes('\0') || !name.isWellFormed();

function isColumnar(members: unknown[]): boolean {
  const [first] = members;
  return (
    members.length > 1 &&
    Array.isArray(first) &&
    first.length > 0 &&
    members.every(
      (member) =>
        Array.isArray(member) &&
        member.length === first.length &&
        member.every((item) => typeof item !== 'object' || item === null),
    )
  );
}

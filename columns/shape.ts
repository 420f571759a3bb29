import type { ColumnType } from '../model/columns.js';
import { columnType, refuse, widest, type Refused } from './column-type.js';
import { resolve, type Node } from './json-schema.js';

/** what stands at one place of a record: fields of their own, or one value */
export type Shape = { isNullable: boolean; node: Node; open: string[] } & (
  { fields: Field[] } | { type: ColumnType } | Refused
);

interface Field {
  name: string;
  node: Node;
  isRequired: boolean;
}

/** references, unions and intersections resolved; `open` are the references that lead here */
export function shapeOf(given: Node, root: Node, open: string[] = []): Shape {
  if (given.super) return { node: given, open, isNullable: acceptsNull(given, root), ...columnTypeOf(given) };
  if (given.$ref) {
    const { $ref, ...own } = given;
    const target = resolve($ref, root);
    if (!target || open.includes($ref)) {
      return {
        node: given,
        open,
        isNullable: true,
        ...refuse('is recursive: .meta({ super: true }) keeps it in one SUPER column'),
      };
    }
    return shapeOf({ ...target, ...own }, root, [...open, $ref]);
  }
  const plain = withoutNull(given);
  if (plain) {
    const shape = shapeOf(plain.node, root, open);
    return { ...shape, isNullable: shape.isNullable || plain.isNullable };
  }
  const place = { node: given, open, isNullable: false };
  const branches = given.anyOf ?? given.oneOf;
  if (branches && given.type === undefined) return { ...place, ...unite(branches, given, root, open) };
  if (given.allOf && given.type === undefined) return { ...place, ...intersect(given.allOf, root, open) };
  const fields = fieldsOf(given);
  if (fields) return { ...place, fields };
  if (given.prefixItems) {
    return {
      ...place,
      ...refuse('is a tuple with a rest: use z.array(...), stored as SUPER, or leave .rest() out'),
    };
  }
  return { ...place, ...columnTypeOf(given) };
}

function columnTypeOf(node: Node): { type: ColumnType } | Refused {
  const type = columnType(node);
  return 'refused' in type ? type : { type };
}

function fieldsOf(node: Node): Field[] | undefined {
  const { properties, required = [], prefixItems, minItems = 0, items, additionalProperties } = node;
  if (properties) {
    // an object that declares nothing and lets everything through is one value
    if (Object.keys(properties).length === 0 && typeof additionalProperties === 'object') return undefined;
    return Object.entries(properties).map(([name, node]) => ({ name, node, isRequired: required.includes(name) }));
  }
  // zod closes a tuple without a rest by `items: false`
  if (!prefixItems || (items !== undefined && items !== false)) return undefined;
  return prefixItems.map((node, at) => ({ name: String(at), node, isRequired: at < minItems }));
}

/** objects of several shapes have the columns of all; other branches must share a type */
function unite(
  branches: Node[],
  outer: Node,
  root: Node,
  open: string[],
): { fields: Field[] } | { type: ColumnType } | Refused {
  const shapes = branches.map((branch) => shapeOf(branch, root, open));
  const refused = shapes.find((shape) => 'refused' in shape);
  if (refused && 'refused' in refused) return refuse(refused.refused);
  const objects = shapes.flatMap((shape) => ('fields' in shape ? [shape.fields] : []));
  if (objects.length === shapes.length)
    return { fields: mergeFields(objects, (same) => same.length === shapes.length && same.every(isRequired)) };
  const types = shapes.flatMap((shape) => ('type' in shape ? [shape.type] : []));
  const [first, ...rest] = types;
  const type = rest.reduce<ColumnType | undefined>((one, other) => one && widest(one, other), first);
  if (!type || objects.length > 0) {
    const names = [...new Set([...types.map(({ kind }) => kind), ...(objects.length > 0 ? ['object'] : [])])];
    return refuse(
      `is a union of ${names.join(' and ')}: choose one type, or .meta({ super: true }) keeps any JSON in one SUPER column`,
    );
  }
  return type.kind === 'varchar' && outer.bytes ? columnTypeOf({ type: 'string', bytes: outer.bytes }) : { type };
}

function intersect(parts: Node[], root: Node, open: string[]): { fields: Field[] } | Refused {
  const objects = parts.flatMap((part) => {
    const shape = shapeOf(part, root, open);
    return 'fields' in shape ? [shape.fields] : [];
  });
  if (objects.length === parts.length) return { fields: mergeFields(objects, (same) => same.some(isRequired)) };
  return refuse('is an intersection of more than objects: write it as one schema');
}

const isRequired = (field: Field) => field.isRequired;

function mergeFields(objects: Field[][], areRequired: (same: Field[]) => boolean): Field[] {
  const names = [...new Set(objects.flatMap((fields) => fields.map(({ name }) => name)))];
  return names.map((name) => {
    const same = objects.flatMap((fields) => fields.filter((field) => field.name === name));
    const [first] = same;
    const nodes = same.map(({ node }) => node);
    return {
      name,
      isRequired: areRequired(same),
      node: same.length === 1 && first ? first.node : { ...metaOf(nodes), anyOf: nodes },
    };
  });
}

/** our own words of fields that several shapes share */
function metaOf(nodes: Node[]): Node {
  const all: Node = Object.assign({}, ...nodes.toReversed()) as Node;
  const { description, column, distKey, sortKey, standIn } = all;
  return JSON.parse(JSON.stringify({ description, column, distKey, sortKey, standIn })) as Node;
}

/** `anyOf [x, null]`, `type [x, null]` and `enum [x, null]` all say nullable; undefined when there is nothing to unwrap */
function withoutNull(node: Node): { node: Node; isNullable: boolean } | undefined {
  if (Array.isArray(node.type)) {
    const types = node.type.filter((type) => type !== 'null');
    const [only = 'null'] = types;
    if (types.length > 1 && types.length === node.type.length) return undefined;
    return { node: { ...node, type: types.length > 1 ? types : only }, isNullable: types.length < node.type.length };
  }
  if (node.enum?.includes(null) && node.enum.some((value) => value !== null)) {
    return { node: { ...node, enum: node.enum.filter((value) => value !== null) }, isNullable: true };
  }
  const key = node.anyOf ? 'anyOf' : 'oneOf';
  const branches = node[key];
  if (!branches) return undefined;
  const others = branches.filter((branch) => branch.type !== 'null');
  const isNullable = others.length < branches.length;
  const { [key]: _, kind: _union, ...outer } = node;
  const [only] = others;
  if (only && others.length === 1) return { node: { ...only, ...outer }, isNullable };
  return isNullable && only ? { node: { ...node, [key]: others }, isNullable } : undefined;
}

function acceptsNull(node: Node, root: Node, open: string[] = []): boolean {
  if (node.$ref) {
    const target = resolve(node.$ref, root);
    return !target || open.includes(node.$ref) ? false : acceptsNull(target, root, [...open, node.$ref]);
  }
  const branches = node.anyOf ?? node.oneOf;
  if (branches) return branches.some((branch) => acceptsNull(branch, root, open));
  if (node.allOf) return node.allOf.every((part) => acceptsNull(part, root, open));
  if (node.enum) return node.enum.includes(null);
  return node.type === undefined ? node.const === undefined : [node.type].flat().includes('null');
}

import type { z } from 'zod';
import { jsonSchema, resolve, type Node } from './json-schema.js';

/** a declared value; without `fields` and `items` it belongs to its column as a whole */
export interface Known {
  /** declared fields of an object, or positions of a tuple */
  fields?: Map<string, Known>;
  /** what the items of a list declare */
  items?: Known;
  /** has a column of its own or below it */
  isStored: boolean;
}

/** the fields that a schema declares, as records hold them; `more` are paths that are known though no column needs them */
export function knownFields(schema: z.ZodType, more: string[][] = []): Known {
  const root = jsonSchema(schema, 'input');
  const known = describe(root, { root, open: [], isColumn: false });
  for (const path of more) {
    let at: Known = known;
    for (const name of path) {
      const fields: Map<string, Known> = (at.fields ??= new Map());
      let next = fields.get(name);
      if (!next) fields.set(name, (next = { isStored: false }));
      else if (!next.fields) break;
      at = next;
    }
  }
  return known;
}

interface Where {
  root: Node;
  /** references being described: a recursive schema ends as a leaf */
  open: string[];
  /** inside of one column's value: what its schema lets through is stored with it */
  isColumn: boolean;
}

const leaf: Known = { isStored: true };

function describe(node: Node, where: Where): Known {
  if (node.column === false) return { isStored: false };
  if (node.$ref) {
    const target = where.open.includes(node.$ref) ? undefined : resolve(node.$ref, where.root);
    return target ? describe(target, { ...where, open: [...where.open, node.$ref] }) : leaf;
  }
  const inside = { ...where, isColumn: where.isColumn || node.super === true };
  const branches = node.anyOf ?? node.oneOf ?? node.allOf;
  if (branches) return branches.map((branch) => describe(branch, inside)).reduce(merge, leaf);
  if (node.properties) {
    if (inside.isColumn && typeof node.additionalProperties === 'object') return leaf;
    const fields = Object.entries(node.properties).map(([name, child]) => [name, describe(child, inside)] as const);
    return { isStored: true, fields: new Map(fields) };
  }
  if (node.prefixItems) {
    const fields = node.prefixItems.map((child, at) => [String(at), describe(child, inside)] as const);
    return { isStored: true, fields: new Map(fields) };
  }
  if (node.items && typeof node.items === 'object') {
    const items = describe(node.items, { ...inside, isColumn: true });
    return items.fields || items.items ? { isStored: true, items } : leaf;
  }
  return leaf;
}

/** either of two shapes may come */
function merge(one: Known, other: Known): Known {
  if (!one.fields && !one.items) return other;
  if (!other.fields && !other.items) return one;
  const fields = new Map(one.fields);
  for (const [name, known] of other.fields ?? []) {
    const same = fields.get(name);
    fields.set(name, same ? merge(same, known) : known);
  }
  const items = one.items && other.items ? merge(one.items, other.items) : (one.items ?? other.items);
  return { isStored: true, ...(fields.size > 0 && { fields }), ...(items && { items }) };
}

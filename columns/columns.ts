import type { z } from 'zod';
import type { Column } from '../model/columns.js';
import { jsonSchema, type Node } from './json-schema.js';
import { shapeOf } from './shape.js';

/** unknown fields of an entity that keeps them, in their places */
export const unknownColumn: Column = {
  name: '_unknown',
  path: [],
  type: { kind: 'super' },
  nullable: true,
  description: 'fields that the schema does not declare, in their places',
};

/** what is wrong at one field of a schema; the empty path is the schema itself */
export interface FieldProblem {
  path: string[];
  message: string;
}

export interface Mapped {
  columns: Column[];
  problems: FieldProblem[];
  /** columns whose value a default, prefault or catch may stand in for */
  standIns: Map<string, string>;
}

/** columns of a zod object, nested objects and tuples flattened, and every field that can have none */
export function mapColumns(schema: z.ZodType): Mapped {
  const root = jsonSchema(schema, 'output');
  const mapped: Mapped = { columns: [], problems: [], standIns: new Map() };
  const shape = shapeOf(root, root);
  if ('fields' in shape) {
    flatten(root, { root, path: [], names: [], isNullable: false, open: [] }, mapped);
  } else {
    const found = 'refused' in shape ? shape.refused : `is ${shape.type.kind}`;
    mapped.problems.push({ path: [], message: `${found}; a row is an object: use z.object({ ... })` });
  }
  return mapped;
}

interface Place {
  root: Node;
  path: string[];
  names: string[];
  isNullable: boolean;
  open: string[];
}

function flatten(given: Node, place: Place, mapped: Mapped): void {
  if (given.column === false) return;
  const shape = shapeOf(given, place.root, place.open);
  const { node } = shape;
  const { path } = place;
  const isNullable = place.isNullable || shape.isNullable;
  if ('refused' in shape) {
    mapped.problems.push({ path, message: shape.refused });
    return;
  }
  if ('fields' in shape) {
    if (shape.fields.length === 0) {
      const message = 'declares no field: use z.record(z.string(), z.unknown()), stored as SUPER';
      mapped.problems.push({ path, message });
    }
    const misplaced = (
      ['bytes', 'decimal', 'timezone', 'epochMillis', 'epochSeconds', 'distKey', 'sortKey'] as const
    ).find((word) => node[word]);
    if (misplaced)
      mapped.problems.push({
        path,
        message: `has ${misplaced}, but becomes several columns: move it to one of its fields`,
      });
    for (const { name, node: child, isRequired } of shape.fields) {
      const names = [...(node.column ? [node.column] : place.names), name];
      flatten(
        child,
        { ...place, open: shape.open, path: [...path, name], names, isNullable: isNullable || !isRequired },
        mapped,
      );
    }
    return;
  }
  const name = node.column ?? snakeCase(place.names.join('_'));
  if (node.standIn !== undefined) mapped.standIns.set(String(name), node.standIn);
  mapped.columns.push({
    name: String(name),
    path,
    type: shape.type,
    nullable: isNullable,
    ...(node.description && { description: node.description }),
    ...(node.distKey && { distKey: true }),
    ...(node.sortKey !== undefined && { sortKey: node.sortKey }),
  });
}

/** `magType` -> `mag_type`, `HTTPStatus` -> `http_status`, `first-name` -> `first_name` */
function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])|([A-Z]+)(?=[A-Z][a-z])/g, (text, lower?: string, upper?: string) =>
      lower ? `${lower}_${upper}` : `${text}_`,
    )
    .replace(/[ -/:-@[-^`{-~]+/g, '_')
    .toLowerCase();
}

import { z } from 'zod';
import type { Column, ColumnType } from '../model/columns.js';
import type { Node } from './json-schema.js';

/** unknown fields of an entity that keeps them, in their places */
export const unknownColumn: Column = {
  name: '_unknown',
  path: [],
  type: { kind: 'super' },
  nullable: true,
  description: 'fields that the schema does not declare, in their places',
};

/** columns of a zod object, nested objects and tuples flattened; throws naming every field that has no column type */
export function columnsOf(schema: z.ZodType): Column[] {
  const problems: string[] = [];
  const root = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any', cycles: 'throw' }) as Node;
  const columns = flatten(root, [], [], false, problems);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return columns;
}

function flatten(given: Node, path: string[], names: string[], nullable: boolean, problems: string[]): Column[] {
  if (given.column === false) return [];
  const { node, isNullable } = withoutNull(given);
  const maybeNull = nullable || isNullable;
  if (node.type === 'object' && node.properties) {
    return Object.entries(node.properties).flatMap(([field, child]) =>
      flatten(
        child,
        [...path, field],
        [...names, field],
        maybeNull || !(node.required ?? []).includes(field),
        problems,
      ),
    );
  }
  if (node.prefixItems) {
    return node.prefixItems.flatMap((child, at) =>
      flatten(child, [...path, String(at)], [...names, String(at)], maybeNull, problems),
    );
  }
  const type = columnType(node);
  if (!type) {
    problems.push(
      `${path.join('.') || 'the schema'}: no column type for ${JSON.stringify(node)}; use a string, number, boolean, date, object or array`,
    );
    return [];
  }
  const name = node.column || snakeCase(names.join('_'));
  return [{ name, path, type, nullable: maybeNull, ...(node.description && { description: node.description }) }];
}

function columnType(node: Node): ColumnType | undefined {
  if (node.decimal) return { kind: 'decimal', precision: node.decimal[0], scale: node.decimal[1] };
  const values = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (values?.every((value) => typeof value === 'string')) {
    return { kind: 'varchar', bytes: node.bytes ?? Math.max(...values.map((value) => Buffer.byteLength(value))) };
  }
  switch (node.type) {
    case 'string':
      if (node.format === 'date') return { kind: 'date' };
      if (node.format === 'date-time') return { kind: node.timezone ? 'timestamptz' : 'timestamp' };
      return { kind: 'varchar', bytes: node.bytes ?? 65_535 };
    case 'integer':
      return node.epochMillis ? { kind: 'timestamp' } : integerType(node);
    case 'number':
      return { kind: 'double' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'object':
    case 'array':
      return { kind: 'super' };
    default:
      return undefined;
  }
}

function integerType({ minimum = -Infinity, maximum = Infinity }: Node): ColumnType {
  if (minimum >= -32_768 && maximum <= 32_767) return { kind: 'smallint' };
  if (minimum >= -2_147_483_648 && maximum <= 2_147_483_647) return { kind: 'integer' };
  return { kind: 'bigint' };
}

/** `anyOf [x, null]` and `type [x, null]` both say nullable */
function withoutNull(node: Node): { node: Node; isNullable: boolean } {
  if (Array.isArray(node.type)) {
    const types = node.type.filter((type) => type !== 'null');
    return {
      node: { ...node, type: types.length === 1 ? (types[0] ?? '') : types },
      isNullable: types.length < node.type.length,
    };
  }
  const branches = node.anyOf?.filter((branch) => branch.type !== 'null');
  if (!node.anyOf || branches?.length !== 1 || !branches[0]) return { node, isNullable: false };
  const { anyOf: _, ...outer } = node;
  return { node: { ...branches[0], ...outer }, isNullable: branches.length < node.anyOf.length };
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

import { dataOf, isData, listOf, textOf, type Data } from '../sources/connectors/loose-data.js';
import type { Draft, DraftField } from './draft.js';
import { noShape } from './shape.js';

/** bytes of a text whose length nobody declares; that of a key is seldom long */
const anyText = 65_535;
/** an object of more fields, or of objects in objects, is one column */
const mostFields = 20;

/** the fields that a JSON Schema declares; each may be missing or null, since connectors are not held to theirs */
export function fieldsOfSchema(schema: Data, depth = 0): DraftField[] {
  return Object.entries(dataOf(schema['properties'])).map(([name, declared]) => ({
    name,
    shape: noShape(),
    draft: draftOfSchema(declared, depth),
    isNullable: true,
    isOptional: true,
  }));
}

function draftOfSchema(declared: unknown, depth: number): Draft {
  const { types, schema } = typesOf(declared);
  const [type] = types;
  if (types.length !== 1 || type === undefined)
    return { kind: 'anything', note: types.length > 1 ? `declared as ${types.join(' or ')}` : '' };
  switch (type) {
    case 'string':
      return textOfSchema(schema);
    case 'integer':
      return { kind: 'int', note: '' };
    case 'number':
      return numberOfSchema(schema);
    case 'boolean':
      return { kind: 'boolean', note: '' };
    case 'array':
      return { kind: 'list', note: '' };
    case 'object':
      return objectOfSchema(schema, depth);
    default:
      return { kind: 'anything', note: `declared as ${type}` };
  }
}

/** the types that are not null, of a schema with alternatives too */
function typesOf(declared: unknown): { types: string[]; schema: Data } {
  const schema = dataOf(declared);
  const alternatives = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  if (schema['type'] === undefined && alternatives.length > 0) {
    const found = alternatives.map(typesOf).filter(({ types }) => types.length > 0);
    const types = [...new Set(found.flatMap((one) => one.types))];
    return { types, schema: found[0]?.schema ?? {} };
  }
  const types = [schema['type']].flat().filter((type) => typeof type === 'string' && type !== 'null');
  return { types: types as string[], schema };
}

function textOfSchema(schema: Data): Draft {
  const { format, airbyte_type: kind, maxLength } = schema;
  const form = 'if the source writes it otherwise: z.string()';
  if (format === 'date') return { kind: 'date', note: `declared as a date; ${form}` };
  if (format === 'date-time' || textOf(kind).startsWith('timestamp')) {
    const isLocal = kind === 'timestamp_without_timezone';
    return { kind: isLocal ? 'localTime' : 'offsetTime', note: `declared as a time; ${form}` };
  }
  const bytes = typeof maxLength === 'number' ? Math.min(Math.max(maxLength, 1) * 4, anyText) : anyText;
  return { kind: 'text', bytes, note: '' };
}

function numberOfSchema({ airbyte_type: kind }: Data): Draft {
  if (kind === 'integer') return { kind: 'int', note: '' };
  if (kind === 'big_integer') return { kind: 'decimal', of: 'number', precision: 38, scale: 0, note: '' };
  return { kind: 'number', note: '' };
}

function objectOfSchema(schema: Data, depth: number): Draft {
  const names = Object.keys(dataOf(schema['properties']));
  const isFlat = depth === 0 && names.length > 0 && names.length <= mostFields && !isData(schema['patternProperties']);
  return isFlat ? { kind: 'object', fields: fieldsOfSchema(schema, depth + 1) } : { kind: 'record', note: '' };
}

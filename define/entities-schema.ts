import { z } from 'zod';
import type { EntityNode, SchemaNode } from './entities-file.js';

type Path = (string | number)[];
type Json = Record<string, unknown>;

const listWords = new Set(['prefixItems', 'anyOf', 'oneOf', 'allOf']);
const singleWords = new Set(['items', 'additionalProperties']);

interface Broken {
  path: Path;
  message: string;
}

/**
 * a file's schema as zod, its `x-` words as metadata, and the places that zod cannot take.
 * objects with fields become `z.object` and null becomes `.nullable()`, as one would write them; values are zod's own conversion
 */
export function toZod(root: EntityNode): { schema: z.ZodType; broken: Broken[] } {
  const { $defs } = root;
  const broken: Broken[] = [];

  function convert(node: SchemaNode, path: Path): z.ZodType {
    const types = Array.isArray(node.type) ? node.type : [];
    if (types.length === 2 && types.includes('null')) {
      const [type = 'null'] = types.filter((type) => type !== 'null');
      return convert({ ...node, type }, path).nullable();
    }
    if (node.type !== 'object' || !node.properties) return value(node, path);
    const { properties, required = [], additionalProperties, type: _type, $defs: _defs, ...words } = node;
    const nameless = required.filter((name) => !Object.hasOwn(properties, name));
    if (nameless.length > 0) {
      const message = `names ${nameless.join(', ')}, which properties does not declare`;
      broken.push({ path: [...path, 'required'], message });
    }
    const shape = Object.entries(properties).map(([name, child]) => {
      const field = convert(child, [...path, 'properties', name]);
      // a default stands in for what is missing
      const isThere = required.includes(name) || child.default !== undefined;
      return [name, isThere ? field : field.optional()] as const;
    });
    const object = z.object(Object.fromEntries(shape));
    return meant(additionalProperties === false ? object.strict() : object, words);
  }

  function value(node: SchemaNode, path: Path): z.ZodType {
    try {
      return z.fromJSONSchema(plain({ ...node, ...($defs && { $defs }) }));
    } catch (error) {
      broken.push({ path, message: error instanceof Error ? error.message : String(error) });
      return z.unknown();
    }
  }

  return { schema: convert(root, []), broken };
}

/** what a schema says beside its type */
function meant(schema: z.ZodType, words: SchemaNode): z.ZodType {
  const { default: standIn, ...meta } = plain(words);
  const described = Object.keys(meta).length > 0 ? schema.meta(meta) : schema;
  return standIn === undefined ? described : described.default(standIn);
}

/** where a field of the rows stands in the file's schema */
export function yamlPath(root: SchemaNode, field: string[]): Path {
  const path: Path = [];
  let node: SchemaNode | undefined = root;
  for (const name of field) {
    const at: Path = node?.properties?.[name] ? ['properties', name] : ['prefixItems', Number(name)];
    node = at[0] === 'properties' ? node?.properties?.[name] : node?.prefixItems?.[Number(name)];
    if (!node) return path;
    path.push(...at);
  }
  return path;
}

/** `x-epoch-millis` -> `epochMillis`, at schemas only: a property or a default may be named as it likes */
function plain(node: SchemaNode): Json {
  return Object.fromEntries(
    Object.entries(node).map(([word, value]) => [
      word.startsWith('x-') ? word.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) : word,
      plainWithin(word, value),
    ]),
  );
}

function plainWithin(word: string, value: unknown): unknown {
  if (word === 'properties' || word === '$defs') {
    return Object.fromEntries(Object.entries(value as Json).map(([name, child]) => [name, plain(child as SchemaNode)]));
  }
  if (listWords.has(word)) return (value as SchemaNode[]).map(plain);
  return singleWords.has(word) && typeof value === 'object' ? plain(value as SchemaNode) : value;
}

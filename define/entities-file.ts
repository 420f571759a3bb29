import { z } from 'zod';

/** our words of a schema, as a file writes them */
const columnWords = {
  'x-bytes': z.int(),
  'x-decimal': z.tuple([z.int(), z.int()]),
  'x-timezone': z.boolean(),
  'x-epoch-millis': z.boolean(),
  'x-epoch-seconds': z.boolean(),
  'x-column': z.union([z.string(), z.literal(false)]),
  'x-super': z.boolean(),
  'x-dist-key': z.boolean(),
  'x-sort-key': z.int(),
};

const typeName = z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
const count = z.int().min(0);

const partial = <T extends z.ZodRawShape>(shape: T) => z.object(shape).partial().shape;

/** the words of JSON Schema that a file may use; a word it has not is a slip of the pen */
const schemaWords = partial({
  ...columnWords,
  description: z.string(),
  title: z.string(),
  $comment: z.string(),
  examples: z.array(z.unknown()),
  default: z.unknown(),
  type: z.union([typeName, z.array(typeName).min(1)]),
  enum: z.array(z.unknown()).min(1),
  const: z.unknown(),
  format: z.string(),
  pattern: z.string(),
  minLength: count,
  maxLength: count,
  minimum: z.number(),
  maximum: z.number(),
  exclusiveMinimum: z.number(),
  exclusiveMaximum: z.number(),
  multipleOf: z.number().positive(),
  required: z.array(z.string()),
  minItems: count,
  maxItems: count,
  uniqueItems: z.boolean(),
  $ref: z.string(),
});

export type SchemaNode = z.infer<z.ZodObject<typeof schemaWords>> & {
  properties?: Record<string, SchemaNode> | undefined;
  $defs?: Record<string, SchemaNode> | undefined;
  additionalProperties?: SchemaNode | boolean | undefined;
  items?: SchemaNode | boolean | undefined;
  prefixItems?: SchemaNode[] | undefined;
  anyOf?: SchemaNode[] | undefined;
  oneOf?: SchemaNode[] | undefined;
  allOf?: SchemaNode[] | undefined;
};

const subschemas = {
  get properties() {
    return z.record(z.string(), node).optional();
  },
  get $defs() {
    return z.record(z.string(), node).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), node]).optional();
  },
  get items() {
    return z.union([z.boolean(), node]).optional();
  },
  get prefixItems() {
    return z.array(node).optional();
  },
  get anyOf() {
    return z.array(node).optional();
  },
  get oneOf() {
    return z.array(node).optional();
  },
  get allOf() {
    return z.array(node).optional();
  },
};

const node: z.ZodType<SchemaNode> = z.lazy(() => z.strictObject({ ...schemaWords, ...subschemas }));

const names = z.array(z.string()).min(1);

const entityWords = {
  'x-mode': z.enum(['merge', 'append', 'replace']),
  'x-key': names.optional(),
  'x-order': names.optional(),
  'x-lookback': z.string().optional(),
  'x-when': z.record(z.string(), z.union([z.string(), names])).optional(),
  'x-rows': z
    .strictObject({
      each: z.string(),
      with: z.record(z.string(), z.string()).optional(),
      index: z.string().optional(),
      replace: z.boolean().optional(),
    })
    .optional(),
  'x-unknown-fields': z.enum(['ignore', 'reject', 'keep']).optional(),
  'x-allow-empty': z.boolean().optional(),
};

/** one entity of a file: the words of its table beside those of its schema */
const entity = z.lazy(() => z.strictObject({ ...entityWords, ...schemaWords, ...subschemas }));

export const entitiesFile = z.record(z.string(), entity);
export type EntityNode = z.infer<typeof entity>;

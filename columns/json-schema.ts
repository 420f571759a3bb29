import { z } from 'zod';

/** our own words in a schema: zod's `.meta({ ... })`, in YAML `x-...` */
interface ColumnMeta {
  /** VARCHAR length in bytes of UTF-8; 65535 without it */
  bytes?: number;
  /** exact number, written as string or number */
  decimal?: [precision: number, scale: number];
  /** keep the zone: TIMESTAMPTZ instead of TIMESTAMP */
  timezone?: boolean;
  /** an integer that counts milliseconds since 1970: TIMESTAMP */
  epochMillis?: boolean;
  /** a number, or its text, that counts seconds since 1970, with up to six decimals: TIMESTAMP */
  epochSeconds?: boolean;
  /** the column's name, when the path's own is not wanted; of an object, what its columns' names begin with. `false`: declared, but not stored */
  column?: string | false;
  /** one SUPER column for all that is here, instead of columns for its fields */
  super?: boolean;
  /** distributes the table's rows; `_row_id` without one */
  distKey?: boolean;
  /** sorts the table's rows; columns that carry it in the order of their numbers. `_interval_start` without one */
  sortKey?: number;
}

declare module 'zod' {
  interface GlobalMeta extends ColumnMeta {}
}

/** the part of JSON Schema that zod writes and columns are made of, with our own words in it */
export interface Node extends ColumnMeta {
  type?: string | string[];
  format?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node | boolean;
  prefixItems?: Node[];
  minItems?: number;
  required?: string[];
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  description?: string;
  $ref?: string;
  $defs?: Record<string, Node>;
  /** zod's word for what JSON Schema has none for */
  kind?: string;
  /** a default, prefault or catch stands in for a value: as JSON */
  standIn?: string;
}

const standIns = new Set(['default', 'prefault', 'catch']);
const wrappers = new Set(['optional', 'nullable', 'nonoptional', 'readonly', 'lazy', 'pipe', ...standIns]);

/** `input` is what records hold, `output` what is stored */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Node {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    cycles: 'ref',
    override({ zodSchema, jsonSchema }) {
      const node = jsonSchema as Node;
      const { def } = zodSchema as z.core.$ZodTypes & { def: z.core.$ZodTypes['_zod']['def'] };
      if (!wrappers.has(def.type)) node.kind = def.type;
      if (standIns.has(def.type)) {
        const value = def.type === 'prefault' ? def.defaultValue : jsonSchema.default;
        node.standIn = JSON.stringify(value) ?? 'undefined';
      }
      if (def.type === 'string' && (def as z.core.$ZodStringFormatDef).format === 'datetime') {
        // zod leaves the format out where it lets more through than JSON Schema's word
        node.format = 'date-time';
      }
    },
  }) as Node;
}

export function resolve(ref: string, root: Node): Node | undefined {
  if (ref === '#') return root;
  return root.$defs?.[ref.replace('#/$defs/', '').replaceAll('~1', '/').replaceAll('~0', '~')];
}

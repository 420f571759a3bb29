import { z } from 'zod';

declare module 'zod' {
  interface GlobalMeta {
    /** VARCHAR length in bytes of UTF-8; 65535 without it */
    bytes?: number;
    /** exact number, written as string or number */
    decimal?: [precision: number, scale: number];
    /** keep the zone: TIMESTAMPTZ instead of TIMESTAMP */
    timezone?: boolean;
    /** an integer that counts milliseconds since 1970: TIMESTAMP */
    epochMillis?: boolean;
    /** the column's name, when the path's own is not wanted; `false`: declared, but not stored */
    column?: string | false;
    /** one SUPER column for whatever stands here, instead of columns for its fields */
    super?: boolean;
  }
}

/** the part of JSON Schema that zod writes and columns are made of */
export interface Node {
  type?: string | string[];
  format?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node | boolean;
  prefixItems?: Node[];
  required?: string[];
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  default?: unknown;
  description?: string;
  $ref?: string;
  $defs?: Record<string, Node>;
  bytes?: number;
  decimal?: [number, number];
  timezone?: boolean;
  epochMillis?: boolean;
  column?: string | false;
  super?: boolean;
}

/** `input` is what records hold, `output` what is stored */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Node {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any', cycles: 'ref' }) as Node;
}

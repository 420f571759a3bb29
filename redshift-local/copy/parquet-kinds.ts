import type { SchemaElement } from 'hyparquet';

/** what a Parquet column holds, in the words of Redshift's types; `none` goes into no column */
export type Kind =
  | {
      name:
        | 'boolean'
        | 'smallint'
        | 'integer'
        | 'bigint'
        | 'real'
        | 'double precision'
        | 'date'
        | 'string'
        | 'binary'
        | 'nested'
        | 'int96'
        | 'none';
    }
  | { name: 'timestamp'; factor: 1 | 1000 }
  | { name: 'numeric'; precision: number; scale: number };

const integers: Record<string, Kind['name']> = {
  INT_8: 'smallint',
  INT_16: 'smallint',
  INT_32: 'integer',
  INT_64: 'bigint',
};

export function kindOf(element: SchemaElement): Kind {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (element.num_children || element.repetition_type === 'REPEATED') return { name: 'nested' };
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    return { name: 'numeric', precision: element.precision ?? 0, scale: element.scale ?? 0 };
  }
  switch (type) {
    case 'BOOLEAN':
      return { name: 'boolean' };
    case 'FLOAT':
      return { name: 'real' };
    case 'DOUBLE':
      return { name: 'double precision' };
    case 'INT96':
      return { name: 'int96' };
    case 'INT32':
      return converted === 'DATE' || logical?.type === 'DATE' ? { name: 'date' } : integer(element, 'integer');
    case 'INT64':
      return timestamp(element) ?? integer(element, 'bigint');
    case 'BYTE_ARRAY':
      return { name: bytes(element) };
    default:
      return { name: 'none' };
  }
}

function integer({ converted_type: converted, logical_type: logical }: SchemaElement, plain: 'integer' | 'bigint') {
  if (converted !== undefined) return { name: integers[converted] ?? 'none' } as Kind;
  if (logical === undefined) return { name: plain };
  const known = logical.type === 'INTEGER' && logical.isSigned ? integers[`INT_${logical.bitWidth}`] : undefined;
  return { name: known ?? 'none' } as Kind;
}

function timestamp({ converted_type: converted, logical_type: logical }: SchemaElement): Kind | undefined {
  if (logical?.type === 'TIMESTAMP') {
    if (logical.unit === 'NANOS') return { name: 'none' };
    return { name: 'timestamp', factor: logical.unit === 'MILLIS' ? 1000 : 1 };
  }
  if (converted === 'TIMESTAMP_MICROS') return { name: 'timestamp', factor: 1 };
  return converted === 'TIMESTAMP_MILLIS' ? { name: 'timestamp', factor: 1000 } : undefined;
}

function bytes({ converted_type: converted, logical_type: logical }: SchemaElement): 'string' | 'binary' | 'none' {
  const isText =
    ['UTF8', 'JSON', 'ENUM'].includes(converted ?? '') || ['STRING', 'JSON', 'ENUM'].includes(logical?.type ?? '');
  if (isText) return 'string';
  return converted === undefined && logical === undefined ? 'binary' : 'none';
}

const physical = (element: SchemaElement) => element.type?.toLowerCase() ?? 'group';

/** as Redshift's message shows a column: `optional int64 name [i:0 d:1 r:0]` */
export const describe = (element: SchemaElement, at: number) =>
  `${(element.repetition_type ?? 'REQUIRED').toLowerCase()} ${physical(element)} ${element.name} [i:${at} d:${element.repetition_type === 'OPTIONAL' ? 1 : 0} r:0]`;

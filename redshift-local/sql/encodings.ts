import { Refusal } from './refusal.js';

const numbers = ['smallint', 'integer', 'bigint', 'numeric'];
const texts = ['character', 'character varying'];
const moments = ['date', 'timestamp', 'timestamptz'];
const times = ['time', 'timetz'];
const others = ['jsonb', 'bytea'];
const floats = ['real', 'double precision'];

/** the types that each encoding takes, as PostgreSQL spells them; `any` for all. AWS: c_Compression_encodings */
const takes: Record<string, string[] | 'any'> = {
  auto: 'any',
  raw: 'any',
  az64: [...numbers, ...moments, ...times],
  bytedict: [...numbers, ...floats, ...texts, ...moments, ...times],
  delta: [...numbers, 'date', 'timestamp', 'timestamptz'],
  delta32k: ['integer', 'bigint', 'numeric', 'date', 'timestamp', 'timestamptz'],
  lzo: [...numbers, ...texts, ...moments, ...times, ...others],
  mostly8: numbers,
  mostly16: ['integer', 'bigint', 'numeric'],
  mostly32: ['bigint', 'numeric'],
  runlength: [...numbers, ...floats, 'boolean', ...texts, ...moments, ...times],
  text255: ['character varying'],
  text32k: ['character varying'],
  zstd: [...numbers, ...floats, 'boolean', ...texts, ...moments, ...times, ...others],
};

export const encodings = Object.keys(takes);

/** the types that an encoding takes; none where it takes all */
export const typesOf = (encoding: string): string[] => {
  const types = takes[encoding];
  return Array.isArray(types) ? types : [];
};

/** PostgreSQL's type without its length */
const base = (pg: string) => pg.replace(/\(.*\)$/, '');

const shown: Record<string, string> = {
  jsonb: 'super',
  bytea: 'varbyte',
  'character varying': 'varchar',
  character: 'char',
};
const name = (pg: string) => (shown[base(pg)] ?? base(pg)).toUpperCase();

export function checkEncoding(encoding: string, pg: string, column: string): void {
  const types = takes[encoding];
  if (types === undefined || types === 'any' || types.includes(base(pg))) return;
  throw new Refusal(
    'encoding',
    `invalid encoding type specified for column ${column}: ${encoding.toUpperCase()} takes ${types.map(name).join(', ')}, not ${name(pg)}`,
  );
}

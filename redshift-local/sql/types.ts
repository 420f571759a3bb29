import { reserved } from './functions.js';
import { Refusal } from './refusal.js';
import { isSign, splitCommas, closing, type Token } from './tokens.js';

/** Redshift's spelling -> PostgreSQL type; n, p, s stand for the written numbers */
const types: Record<string, { pg: string; max?: number; numbers?: number; fallback?: string }> = {
  smallint: { pg: 'smallint' },
  int2: { pg: 'smallint' },
  integer: { pg: 'integer' },
  int: { pg: 'integer' },
  int4: { pg: 'integer' },
  bigint: { pg: 'bigint' },
  int8: { pg: 'bigint' },
  decimal: { pg: 'numeric', numbers: 2, max: 38, fallback: '18, 0' },
  dec: { pg: 'numeric', numbers: 2, max: 38, fallback: '18, 0' },
  numeric: { pg: 'numeric', numbers: 2, max: 38, fallback: '18, 0' },
  real: { pg: 'real' },
  float4: { pg: 'real' },
  'double precision': { pg: 'double precision' },
  float8: { pg: 'double precision' },
  float: { pg: 'double precision' },
  boolean: { pg: 'boolean' },
  bool: { pg: 'boolean' },
  char: { pg: 'character', numbers: 1, max: 4096, fallback: '1' },
  character: { pg: 'character', numbers: 1, max: 4096, fallback: '1' },
  bpchar: { pg: 'character(256)' },
  varchar: { pg: 'character varying', numbers: 1, max: 65535, fallback: '256' },
  'character varying': { pg: 'character varying', numbers: 1, max: 65535, fallback: '256' },
  nchar: { pg: 'character', numbers: 1, max: 4096, fallback: '1' },
  nvarchar: { pg: 'character varying', numbers: 1, max: 65535, fallback: '256' },
  text: { pg: 'character varying(256)' },
  date: { pg: 'date' },
  timestamp: { pg: 'timestamp' },
  datetime: { pg: 'timestamp' },
  'timestamp without time zone': { pg: 'timestamp' },
  timestamptz: { pg: 'timestamptz' },
  'timestamp with time zone': { pg: 'timestamptz' },
  'time without time zone': { pg: 'time' },
  'time with time zone': { pg: 'timetz' },
  time: { pg: 'time' },
  timetz: { pg: 'timetz' },
  'interval year to month': { pg: 'interval year to month' },
  'interval day to second': { pg: 'interval day to second', numbers: 1, max: 6 },
  super: { pg: 'jsonb' },
  hllsketch: { pg: 'redshift_catalog.hllsketch' },
  varbyte: { pg: 'bytea', numbers: 1, max: 16_777_216 },
  varbinary: { pg: 'bytea', numbers: 1, max: 16_777_216 },
  'binary varying': { pg: 'bytea', numbers: 1, max: 16_777_216 },
};
const longest = 4;

/** Redshift's types that PostgreSQL cannot stand for */
const elsewhere = new Set(['geometry', 'geography', 'interval']);
/** of the catalog: a cast may say them */
const ofCatalog = new Set(['oid', 'name', 'regclass', 'interval']);

export interface ColumnType {
  pg: string;
  /** bytes a VARBYTE may hold, which PostgreSQL's type does not say */
  byteLimit?: number;
}

/** the type at `at`, and where it ends; in a cast, a text without length takes what it gets */
export function parseType(tokens: Token[], at: number, inCast = false): { type: ColumnType; end: number } {
  for (let words = Math.min(longest, tokens.length - at); words > 0; words--) {
    const name = tokens
      .slice(at, at + words)
      .map((token) => (token.kind === 'word' ? token.text : '?'))
      .join(' ');
    if (!Object.hasOwn(types, name)) continue;
    const found = types[name];
    if (!found) continue;
    const end = at + words;
    const isText = /^(character varying|varchar|nvarchar|text|bpchar)$/.test(name);
    if (inCast && isText && !isSign(tokens[end], '(')) {
      return { type: { pg: name === 'bpchar' ? 'bpchar' : 'varchar' }, end };
    }
    if (!isSign(tokens[end], '(')) {
      const suffix = found.fallback ? `(${found.fallback})` : '';
      return { type: { pg: found.pg + suffix, ...(found.pg === 'bytea' && { byteLimit: 64_000 }) }, end };
    }
    const close = closing(tokens, end);
    return { type: withNumbers(name, found, splitCommas(tokens.slice(end + 1, close))), end: close + 1 };
  }
  const written = tokens[at]?.text ?? 'end of statement';
  // PostgreSQL's NAME holds half of a name
  if (inCast && ofCatalog.has(written)) return { type: { pg: written === 'name' ? 'varchar' : written }, end: at + 1 };
  if (elsewhere.has(written))
    throw new Refusal('column type', `columns of type ${written.toUpperCase()} are not honoured here`);
  throw new Refusal('column type', `type "${written}" does not exist in Redshift`);
}

function withNumbers(name: string, found: { pg: string; max?: number; numbers?: number }, args: Token[][]): ColumnType {
  const max = found.max ?? 0;
  const numbers = args.map(([token]) => (token?.text === 'max' ? max : Number(token?.text)));
  const [first = 0, second = 0] = numbers;
  const isRight =
    found.numbers !== undefined &&
    numbers.length >= 1 &&
    numbers.length <= found.numbers &&
    numbers.every(Number.isInteger);
  if (found.numbers === undefined) throw new Refusal('column type', `${name.toUpperCase()} takes no length`);
  if (!isRight || first < 1 || first > max || second > Math.min(first, 37)) {
    throw new Refusal(
      'column type',
      `${name.toUpperCase()}(${args.map(([token]) => token?.text).join(', ')}): the length must be between 1 and ${max}`,
    );
  }
  if (found.pg === 'bytea') return { pg: 'bytea', byteLimit: first };
  if (found.pg === 'numeric') return { pg: `numeric(${first}, ${second})` };
  return { pg: `${found.pg}(${first})` };
}

/** a column's or table's own name */
export function parseName(token: Token | undefined, what: string): string {
  if (token?.kind === 'quoted') return token.text;
  if (token?.kind !== 'word')
    throw new Refusal('syntax', `syntax error: a ${what} is expected at "${token?.text ?? 'the end'}"`);
  if (reserved.has(token.text)) {
    throw new Refusal('reserved word', `syntax error at or near "${token.text}": it is reserved in Redshift, quote it`);
  }
  return `"${token.text}"`;
}

/** `[schema.]table`; without a schema it is public, where Redshift puts it too */
export function parseTable(tokens: Token[], at: number): { name: string; end: number } {
  const first = parseName(tokens[at], 'table name');
  if (!isSign(tokens[at + 1], '.')) return { name: first, end: at + 1 };
  if (/^"(pg_catalog|information_schema|redshift_catalog|_redshift_data)"$/.test(first)) {
    throw new Refusal('system schema', `permission denied for schema ${first}`);
  }
  return { name: `${first}.${parseName(tokens[at + 2], 'table name')}`, end: at + 3 };
}

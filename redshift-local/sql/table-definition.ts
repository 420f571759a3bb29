import { checkEncoding, encodings } from './encodings.js';
import { Refusal } from './refusal.js';
import { checkAttributes } from './table-attributes.js';
import { columnReference, tableKey } from './key-constraints.js';
import type { KeyConstraint, Traits } from './table-traits.js';
import { parseName, parseTable, parseType, type ColumnType } from './types.js';
import { closing, isSign, isWord, render, splitCommas, type Token } from './tokens.js';

export interface CreateTable {
  /** as the statement names it, quoted */
  table: string;
  temporary: boolean;
  ifNotExists: boolean;
  /** PostgreSQL text between the parentheses; absent for a bare CREATE TABLE AS */
  body?: string;
  /** the SELECT of CREATE TABLE AS */
  query?: Token[];
  defaults: Token[][];
  traits: Traits;
}

export interface ColumnDefinition {
  name: string;
  sql: string;
  isNotNull: boolean;
  defaultValue?: Token[];
  isIdentity: boolean;
  /** DISTKEY, SORTKEY, PRIMARY KEY or UNIQUE stands with the column */
  isKeyless: boolean;
  isKey: boolean;
  isDistKey: boolean;
  isSortKey: boolean;
  /** UNIQUE, PRIMARY KEY and REFERENCES of its own */
  constraints: KeyConstraint[];
  encoding?: string;
}

/** CREATE [TEMP] TABLE with Redshift's attributes, which PostgreSQL's grammar refuses */
export function parseCreateTable(tokens: Token[]): CreateTable {
  let at = 1;
  if (isWord(tokens[at], 'local')) at++;
  let temporary = isWord(tokens[at], 'temp', 'temporary');
  if (temporary) at++;
  at++;
  const ifNotExists = isWord(tokens[at], 'if');
  if (ifNotExists) at += 3;
  const { name: table, end } = parseTable(tokens, at);
  // a #name is a temporary table wherever it is made
  temporary ||= table.startsWith('"#');
  if (temporary && table.includes('.')) throw new Refusal('create temp table', 'a temporary table has no schema');
  at = end;
  let columns: Token[][] = [];
  const hasBody = isSign(tokens[at], '(');
  if (hasBody) {
    const close = closing(tokens, at);
    columns = splitCommas(tokens.slice(at + 1, close));
    at = close + 1;
  }
  const as = tokens.findIndex((token, index) => index >= at && isWord(token, 'as'));
  const written = tokens.slice(at, as < 0 ? undefined : as);
  // clients say what holds without it
  const isKept = temporary && /^on commit preserve rows\b/.test(render(written).trim());
  const attributes = isKept ? written.slice(4) : written;
  const common = { table, temporary, ifNotExists };
  if (as >= 0) {
    if (ifNotExists) throw new Refusal('create table as', 'CREATE TABLE AS takes no IF NOT EXISTS in Redshift');
    const names = columns.map(([name, ...more]) => {
      if (more.length > 0) throw new Refusal('create table as', 'CREATE TABLE AS takes column names only, no types');
      return parseName(name, 'column name');
    });
    const traits = checkAttributes(attributes, undefined);
    return { ...common, ...(hasBody && { body: names.join(', ') }), query: tokens.slice(as + 1), defaults: [], traits };
  }
  if (columns.length === 0) throw new Refusal('create table', 'syntax error: a table needs at least one column');
  const isBeside = columns.some(ignoresCase);
  const elements = columns.map((column) => tableElement(column, isBeside));
  const definitions = elements.flatMap((element) => ('name' in element ? [element] : []));
  const like = elements.flatMap((element) => ('like' in element ? [element.like] : []));
  const names = new Set(definitions.map(({ name }) => name));
  if (names.size < definitions.length) throw new Refusal('create table', 'a column is specified more than once');
  const traits = traitsOf(elements, attributes, like[0] === undefined ? names : undefined);
  return {
    ...common,
    body: elements.flatMap((element) => ('sql' in element ? [element.sql] : [])).join(', '),
    defaults: definitions.flatMap(({ defaultValue }) => (defaultValue ? [defaultValue] : [])),
    traits: { ...traits, ...(like[0] !== undefined && { like: like[0] }) },
  };
}

const byCase = ' collate redshift_catalog.rs_local_by_case';
const ignoringCase = ' collate redshift_catalog.rs_local_ignoring_case';
const ignoresCase = (column: Token[]) =>
  column.some((token, at) => isWord(token, 'collate') && isWord(column[at + 1], 'case_insensitive', 'ci'));

/** types that cannot be a key, by the names that Redshift gives them */
const keyless = new Map([
  ['jsonb', 'SUPER'],
  ['redshift_catalog.hllsketch', 'HLLSKETCH'],
  ['bytea', 'VARBYTE'],
]);

/** of the columns and of the table: each key is said in one of the two places */
function traitsOf(elements: Element[], attributes: Token[], names: Set<string> | undefined): Traits {
  const fail = (reason: string) => new Refusal('table attribute', reason);
  const columns = elements.flatMap((element) => ('name' in element ? [element] : []));
  const isSaid = (word: string) => attributes.some((token) => isWord(token, word));
  const distKeys = columns.filter(({ isDistKey }) => isDistKey);
  const sortKeys = columns.filter(({ isSortKey }) => isSortKey);
  if (distKeys.length + Number(isSaid('distkey')) > 1) throw fail('a table has one DISTKEY');
  if (sortKeys.length + Number(isSaid('sortkey')) > 1)
    throw fail('a sort key of several columns is said once, after the columns: SORTKEY (a, b)');
  if (!names && (isSaid('distkey') || isSaid('diststyle') || isSaid('sortkey') || isSaid('backup')))
    throw fail('a table made LIKE another has its distribution, sort key and BACKUP: they cannot be said');
  const said = checkAttributes(attributes, names, distKeys[0]?.name);
  const wrong = columns.find(
    ({ name, isKeyless }) => isKeyless && [said.distKey, ...(said.sortKey ?? [])].includes(name),
  );
  if (wrong) throw fail(`column ${wrong.name} cannot be DISTKEY or SORTKEY: SUPER, HLLSKETCH and VARBYTE are not keys`);
  const constraints = elements.flatMap((element) =>
    'name' in element ? element.constraints : 'key' in element ? [element.key] : [],
  );
  return {
    ...said,
    ...(sortKeys[0] && { sortKey: [sortKeys[0].name] }),
    keys: constraints.flatMap((key) => key.columns),
    ...(constraints.length > 0 && { constraints }),
    encodings: Object.fromEntries(columns.flatMap(({ name, encoding }) => (encoding ? [[name, encoding]] : []))),
  };
}

type Element = ColumnDefinition | { key: KeyConstraint } | { like: string; sql: string };

/** a column, LIKE, or a key constraint: keys are accepted and not enforced, as in Redshift */
function tableElement(tokens: Token[], isBeside: boolean): Element {
  const isNamed = isWord(tokens[0], 'constraint');
  const rest = isNamed ? tokens.slice(2) : tokens;
  if (isWord(rest[0], 'primary', 'unique', 'foreign'))
    return { key: { ...tableKey(rest), ...(isNamed && { name: parseName(tokens[1], 'constraint name') }) } };
  if (isWord(rest[0], 'check', 'exclude')) throw noConstraint(rest[0]);
  if (!isWord(tokens[0], 'like')) return parseColumn(tokens, isBeside);
  const { name, end } = parseTable(tokens, 1);
  const options = render(tokens.slice(end));
  if (options !== '' && options !== 'including defaults' && options !== 'excluding defaults') {
    throw new Refusal('create table like', `LIKE takes INCLUDING or EXCLUDING DEFAULTS, not ${options}`);
  }
  return { like: name, sql: `like ${name} ${options}`.trim() };
}

export const noConstraint = (token: Token | undefined) =>
  new Refusal('constraint', `Redshift has no ${token?.text.toUpperCase()} constraints: check before loading`);

export function parseColumn(tokens: Token[], isBeside = false): ColumnDefinition {
  const name = parseName(tokens[0], 'column name');
  const { type, end } = parseType(tokens, 1);
  let isNotNull = false;
  let isNullable = false;
  let isKey = false;
  let isDistKey = false;
  let isSortKey = false;
  const constraints: KeyConstraint[] = [];
  let encoding: string | undefined;
  let identity = '';
  let collation = isBeside && type.pg.startsWith('character') ? byCase : '';
  let defaultValue: Token[] | undefined;
  for (let at = end; at < tokens.length;) {
    const word = tokens[at]?.kind === 'word' ? tokens[at]?.text : undefined;
    if (word === 'not' && isWord(tokens[at + 1], 'null')) {
      isNotNull = true;
      at += 2;
    } else if (word === 'null') {
      isNullable = true;
      at++;
    } else if (word === 'distkey' || word === 'sortkey' || word === 'unique') {
      if (word !== 'unique' && keyless.has(type.pg))
        throw new Refusal(
          'column attribute',
          `a column of type ${keyless.get(type.pg)} cannot be ${word.toUpperCase()}`,
        );
      isKey = true;
      isDistKey ||= word === 'distkey';
      isSortKey ||= word === 'sortkey';
      if (word === 'unique') constraints.push({ type: 'unique', columns: [name] });
      at++;
    } else if (word === 'primary' && isWord(tokens[at + 1], 'key')) {
      isNotNull = true;
      isKey = true;
      constraints.push({ type: 'primary key', columns: [name] });
      at += 2;
    } else if (word === 'check') throw noConstraint(tokens[at]);
    else if (word === 'collate') {
      const isSensitive = isWord(tokens[at + 1], 'case_sensitive', 'cs');
      if (!isSensitive && !isWord(tokens[at + 1], 'case_insensitive', 'ci'))
        throw new Refusal('collate', `COLLATE takes CASE_SENSITIVE or CASE_INSENSITIVE, got ${tokens[at + 1]?.text}`);
      if (!type.pg.startsWith('character'))
        throw new Refusal('collate', `COLLATE goes with CHAR and VARCHAR: ${name} is neither`);
      collation = isSensitive ? byCase : ignoringCase;
      at += 2;
    } else if (word === 'encode' && isWord(tokens[at + 1], ...encodings)) {
      encoding = tokens[at + 1]?.text ?? '';
      checkEncoding(encoding, type.pg, name);
      at += 2;
    } else if (word === 'references') {
      const { key, end: after } = columnReference(tokens, at);
      constraints.push({ ...key, columns: [name] });
      at = after;
    } else if (word === 'identity' || (word === 'generated' && isWord(tokens[at + 4], 'identity'))) {
      const open = word === 'identity' ? at + 1 : at + 5;
      const isGiven = isSign(tokens[open], '(');
      const close = isGiven ? closing(tokens, open) : open - 1;
      const [seed, step] = isGiven ? splitCommas(tokens.slice(open + 1, close)).map(render) : ['1', '1'];
      if (!/^(integer|bigint)$/.test(type.pg)) throw new Refusal('identity', 'an IDENTITY column is INTEGER or BIGINT');
      if (!/^-?\d+$/.test(seed ?? '') || !/^-?\d+$/.test(step ?? ''))
        throw new Refusal('identity', 'IDENTITY takes (seed, step)');
      const kind = word === 'identity' ? 'always' : 'by default';
      // PostgreSQL counts from 1 up, or from -1 down, unless it is given the ends
      const least = type.pg === 'integer' ? -2_147_483_648 : '-9223372036854775808';
      const most = type.pg === 'integer' ? 2_147_483_647 : '9223372036854775807';
      identity = ` generated ${kind} as identity (start with ${seed} increment by ${step} minvalue ${least} maxvalue ${most})`;
      at = close + 1;
    } else if (word === 'default') {
      const stop = tokens.findIndex(
        (token, index) =>
          index > at + 1 &&
          isWord(token, 'encode', 'not', 'distkey', 'sortkey', 'unique', 'primary', 'references', 'collate'),
      );
      defaultValue = tokens.slice(at + 1, stop < 0 ? undefined : stop);
      at = stop < 0 ? tokens.length : stop;
    } else
      throw new Refusal(
        'column attribute',
        `syntax error at or near "${tokens[at]?.text}" in the definition of column ${name}`,
      );
  }
  if (isNotNull && isNullable)
    throw new Refusal('column attribute', `conflicting NULL/NOT NULL declarations for column ${name}`);
  return {
    name,
    isKeyless: keyless.has(type.pg),
    sql: `${name} ${type.pg}${collation}${identity}${isNotNull ? ' not null' : ''}${defaultValue ? ` default ${render(defaultValue)}` : ''}${bytesCheck(name, type)}${superCheck(name, type)}`,
    isNotNull,
    isIdentity: identity !== '',
    isKey,
    isDistKey,
    isSortKey,
    constraints,
    ...(encoding !== undefined && { encoding }),
    ...(defaultValue && { defaultValue }),
  };
}

/** of a quoted column; PostgreSQL cuts the name of a constraint to 63 bytes */
export const bytesCheck = (name: string, { byteLimit }: Pick<ColumnType, 'byteLimit'>) =>
  byteLimit === undefined
    ? ''
    : ` constraint "rs_bytes_${name.slice(1, -1)}" check (octet_length(${name}) <= ${byteLimit})`;

/** the check itself throws, with SUPER's own message */
const superCheck = (name: string, { pg }: ColumnType) =>
  pg === 'jsonb' ? ` check (redshift_catalog.rs_local_fit_super(${name}) is not null or ${name} is null)` : '';

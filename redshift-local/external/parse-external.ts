import { authorization, reader, regionName, type Reader } from '../sql/options.js';
import { parseName, parseType } from '../sql/types.js';
import { closing, isWord, render, splitCommas, type Token } from '../sql/tokens.js';

export interface ExternalColumn {
  name: string;
  /** PostgreSQL's type */
  pg: string;
  /** bytes of a VARBYTE */
  byteLimit?: number;
}

interface Partition {
  values: Record<string, string>;
  location: string;
}

interface OfTable {
  /** both without quotes */
  schema: string;
  table: string;
}

export type ExternalCommand =
  | { kind: 'create schema'; schema: string; database: string; ifNotExists: boolean; options: Record<string, string> }
  | { kind: 'drop schema'; schema: string; ifExists: boolean; cascade: boolean }
  | ({
      kind: 'create table';
      columns: ExternalColumn[];
      keys: ExternalColumn[];
      location: string;
      properties: Record<string, string>;
    } & OfTable)
  | ({ kind: 'add partition'; ifNotExists: boolean; partitions: Partition[] } & OfTable)
  | ({ kind: 'set location'; values?: Record<string, string>; location: string } & OfTable)
  | ({ kind: 'drop partition'; values: Record<string, string> } & OfTable)
  | ({ kind: 'set properties'; properties: Record<string, string> } & OfTable);

const maxPartitions = 100;

/** CREATE EXTERNAL SCHEMA [IF NOT EXISTS] s FROM [DATA CATALOG] DATABASE 'd' IAM_ROLE ... [CREATE EXTERNAL DATABASE IF NOT EXISTS] */
export function parseCreateSchema(tokens: Token[]): ExternalCommand {
  const read = reader('create external schema', tokens, 3);
  const ifNotExists = Boolean(read.word('if') && read.word('not') && read.word('exists'));
  const schema = name(read, 'schema name');
  if (!read.word('from')) throw read.fail('syntax error: FROM DATA CATALOG is expected');
  const other = read.word('hive', 'postgres', 'mysql', 'kinesis', 'msk', 'kafka', 'redshift', 'apicatalog');
  if (other) throw read.fail(`FROM ${other.toUpperCase()} is not honoured here: only FROM DATA CATALOG`);
  if (read.word('data') && !read.word('catalog')) throw read.fail('syntax error: FROM DATA CATALOG is expected');
  let database: string | undefined;
  let authorized = false;
  const options: Record<string, string> = {};
  while (!read.done()) {
    const token = read.take();
    const word = token?.text ?? '';
    if (word === 'database') database = read.string('DATABASE');
    else if (word === 'region') options['region'] = regionName(read);
    else if (word === 'catalog_id') options['catalog_id'] = read.string('CATALOG_ID');
    else if (word === 'catalog_role') authorization(read, 'iam_role');
    else if (authorization(read, word)) authorized = true;
    else if (word === 'create') {
      const isRight =
        read.word('external') && read.word('database') && read.word('if') && read.word('not') && read.word('exists');
      if (!isRight) throw read.fail('syntax error: CREATE EXTERNAL DATABASE IF NOT EXISTS is expected');
    } else throw read.fail(`syntax error at or near "${word}"`);
  }
  if (database === undefined) throw read.fail("FROM DATA CATALOG needs DATABASE '<name>'");
  if (!authorized) throw read.fail('FROM DATA CATALOG needs IAM_ROLE');
  return { kind: 'create schema', schema, database, ifNotExists, options };
}

/** DROP SCHEMA [IF EXISTS] s DROP EXTERNAL DATABASE [CASCADE] */
export function parseDropSchema(tokens: Token[]): ExternalCommand {
  const read = reader('drop external schema', tokens, 2);
  const ifExists = Boolean(read.word('if') && read.word('exists'));
  const schema = name(read, 'schema name');
  if (!(read.word('drop') && read.word('external') && read.word('database')))
    throw read.fail('syntax error: DROP EXTERNAL DATABASE is expected');
  const behaviour = read.word('cascade', 'restrict');
  end(read);
  return { kind: 'drop schema', schema, ifExists, cascade: behaviour === 'cascade' };
}

/** CREATE EXTERNAL TABLE s.t (columns) [PARTITIONED BY (columns)] STORED AS PARQUET LOCATION 's3://...' [TABLE PROPERTIES (...)] */
export function parseCreateTable(tokens: Token[]): ExternalCommand {
  const read = reader('create external table', tokens, 3);
  if (read.word('if')) throw read.fail('CREATE EXTERNAL TABLE has no IF NOT EXISTS');
  const place = tableName(read);
  const columns = columnList(read, tokens);
  let keys: ExternalColumn[] = [];
  if (read.word('partitioned')) {
    if (!read.word('by')) throw read.fail('syntax error: PARTITIONED BY is expected');
    keys = columnList(read, tokens);
  }
  if (read.word('row')) throw read.fail('ROW FORMAT is not honoured here: only STORED AS PARQUET');
  if (!(read.word('stored') && read.word('as'))) throw read.fail('syntax error: STORED AS PARQUET is expected');
  const format = read.take()?.text ?? 'nothing';
  if (format !== 'parquet') throw read.fail(`STORED AS ${format.toUpperCase()} is not honoured here: only PARQUET`);
  if (!read.word('location')) throw read.fail("syntax error: LOCATION 's3://...' is expected");
  const location = s3Location(read);
  const properties = read.word('table') ? propertyList(read) : {};
  if (read.word('as')) throw read.fail('CREATE EXTERNAL TABLE AS is not honoured here: use UNLOAD');
  end(read);
  const names = [...columns, ...keys].map((column) => column.name);
  if (new Set(names).size < names.length) throw read.fail('a column is specified more than once');
  return { kind: 'create table', ...place, columns, keys, location, properties };
}

/** ALTER TABLE s.t ADD [IF NOT EXISTS] PARTITION ..., PARTITION (...) SET LOCATION ..., DROP PARTITION ..., SET ... */
export function parseAlterTable(tokens: Token[]): ExternalCommand {
  const read = reader('alter external table', tokens, 2);
  const place = tableName(read);
  const word = read.word('add', 'drop', 'partition', 'set');
  let command: ExternalCommand | undefined;
  if (word === 'add') {
    const ifNotExists = Boolean(read.word('if') && read.word('not') && read.word('exists'));
    const partitions: Partition[] = [];
    while (read.word('partition')) {
      const values = partitionValues(read, tokens);
      if (!read.word('location')) throw read.fail("syntax error: ADD PARTITION (...) LOCATION 's3://...' is expected");
      partitions.push({ values, location: s3Location(read) });
    }
    if (partitions.length > maxPartitions) throw read.fail(`at most ${maxPartitions} partitions are added at a time`);
    command = { kind: 'add partition', ...place, ifNotExists, partitions };
  } else if (word === 'drop' && read.word('partition')) {
    command = { kind: 'drop partition', ...place, values: partitionValues(read, tokens) };
  } else if (word === 'partition') {
    const values = partitionValues(read, tokens);
    if (!(read.word('set') && read.word('location')))
      throw read.fail("syntax error: SET LOCATION 's3://...' is expected");
    command = { kind: 'set location', ...place, values, location: s3Location(read) };
  } else if (word === 'set' && read.word('location')) {
    command = { kind: 'set location', ...place, location: s3Location(read) };
  } else if (word === 'set' && read.word('table')) {
    command = { kind: 'set properties', ...place, properties: propertyList(read) };
  }
  if (!command) throw read.fail('this ALTER of an external table is not honoured here');
  end(read);
  return command;
}

function end(read: Reader): void {
  if (!read.done()) throw read.fail(`syntax error at or near "${read.peek()?.text}"`);
}

const name = (read: Reader, what: string) => parseName(read.take(), what).slice(1, -1);

function tableName(read: Reader): OfTable {
  const schema = name(read, 'schema name');
  if (!read.sign('.')) throw read.fail(`an external table is named with its schema: <schema>.${schema}`);
  return { schema, table: name(read, 'table name') };
}

const columnTypes =
  /^(smallint|integer|bigint|numeric\(\d+, \d+\)|real|double precision|boolean|character(\(\d+\))?|character varying(\(\d+\))?|bytea|date|timestamp)$/;

function columnList(read: Reader, tokens: Token[]): ExternalColumn[] {
  const open = read.position();
  if (!read.sign('(')) throw read.fail('syntax error: a list of columns is expected');
  const close = closing(tokens, open);
  read.moveTo(close + 1);
  return splitCommas(tokens.slice(open + 1, close)).map((column) => {
    const columnName = parseName(column[0], 'column name').slice(1, -1);
    if (isWord(column[1], 'struct', 'array', 'map', 'text', 'string', 'bpchar', 'nvarchar'))
      throw read.fail(
        `column ${columnName}: ${column[1]?.text.toUpperCase()} is not honoured in an external table here`,
      );
    const { type, end: after } = parseType(column, 1);
    const written = render(column.slice(1, after));
    if (!columnTypes.test(type.pg))
      throw read.fail(
        `column ${columnName}: an external table has no ${written.toUpperCase()}: use VARCHAR or TIMESTAMP`,
      );
    if (after < column.length)
      throw read.fail(
        `syntax error at or near "${column[after]?.text}": a column of an external table has a name and a type only`,
      );
    return {
      name: columnName,
      pg: type.pg,
      ...(type.byteLimit && { byteLimit: type.byteLimit }),
    };
  });
}

function s3Location(read: Reader): string {
  const location = read.string('LOCATION');
  if (!/^s3:\/\/[^/]+(\/.*)?$/.test(location))
    throw read.fail(`LOCATION takes 's3://bucket/folder/', got '${location}'`);
  return location;
}

/** TABLE PROPERTIES ('name'='value', ...) */
function propertyList(read: Reader): Record<string, string> {
  if (!(read.word('properties') && read.sign('(')))
    throw read.fail("syntax error: TABLE PROPERTIES ('name'='value') is expected");
  const properties: Record<string, string> = {};
  do {
    const key = read.string('a property');
    if (!read.sign('=')) throw read.fail(`syntax error: = is expected after '${key}'`);
    properties[key] = read.string(`'${key}'`);
  } while (read.sign(','));
  if (!read.sign(')')) throw read.fail('syntax error: ) is expected');
  return properties;
}

/** PARTITION (key = value, ...) */
function partitionValues(read: Reader, tokens: Token[]): Record<string, string> {
  const open = read.position();
  if (!read.sign('(')) throw read.fail('syntax error: PARTITION (key = value) is expected');
  const close = closing(tokens, open);
  const values: Record<string, string> = {};
  do {
    const key = name(read, 'partition key');
    if (!read.sign('=')) throw read.fail(`syntax error: = is expected after ${key}`);
    const isNegative = read.sign('-');
    const token = read.peek();
    if (token?.kind === 'number') values[key] = `${isNegative ? '-' : ''}${read.take()?.text}`;
    else values[key] = read.string(key);
  } while (read.sign(','));
  if (read.position() !== close) throw read.fail(`syntax error at or near "${read.peek()?.text}"`);
  read.moveTo(close + 1);
  return values;
}

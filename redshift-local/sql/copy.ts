import { authorization, reader, regionName, type Reader } from './options.js';
import { parseName, parseTable } from './types.js';
import { closing, isSign, splitCommas, type Token } from './tokens.js';

type CopyFormat = 'parquet' | 'csv' | 'json' | 'text';

export interface CopyCommand {
  /** quoted, `"schema"."table"` */
  table: string;
  /** unquoted names; absent: every column */
  columns?: string[];
  /** a manifest's address, or a prefix of keys */
  source: string;
  manifest: boolean;
  format: CopyFormat;
  /** `auto`, `auto ignorecase`, `noshred`, or the address of a jsonpaths file */
  json: string;
  delimiter: string;
  quote: string;
  compression?: 'gzip' | 'zstd';
  encoding: 'utf8' | 'utf16' | 'utf16le' | 'utf16be' | 'iso88591';
  nullAs?: string;
  /** replaces invalid UTF-8 */
  replacement?: string;
  dateFormat?: string;
  timeFormat?: string;
  ignoreHeader: number;
  maxError: number;
  explicitIds: boolean;
  serializeToJson: boolean;
  fillRecord: boolean;
  escape: boolean;
  removeQuotes: boolean;
  blanksAsNull: boolean;
  emptyAsNull: boolean;
  ignoreBlankLines: boolean;
  trimBlanks: boolean;
  truncateColumns: boolean;
  acceptAnyDate: boolean;
  noLoad: boolean;
  /** ROUNDEC: a value with more digits than the scale is rounded, not cut */
  roundScale: boolean;
}

type Change = Partial<CopyCommand>;
type Option = (read: Reader) => Change;

const flag =
  (change: Change): Option =>
  () =>
    change;
const onOff =
  (...more: string[]): Option =>
  (read) => {
    read.word('on', 'off', 'true', 'false', ...more);
    return {};
  };

function oneCharacter(read: Reader, what: string): string {
  const value = read.string(what);
  if (value.length !== 1) throw read.fail(`${what} takes one character, got '${value}'`);
  return value;
}

function ignoreHeader(read: Reader): Change {
  return { ignoreHeader: read.integer('IGNOREHEADER') };
}

function maxError(read: Reader): Change {
  const count = read.integer('MAXERROR');
  if (count > 100_000) throw read.fail(`MAXERROR must be between 0 and 100000, got ${count}`);
  return { maxError: count };
}

function encoding(read: Reader): Change {
  read.word('as');
  const name = (read.peek()?.kind === 'string' ? read.string('ENCODING') : (read.take()?.text ?? '')).toLowerCase();
  const known = (['utf8', 'utf16', 'utf16le', 'utf16be', 'iso88591'] as const).find((item) => item === name);
  if (!known) throw read.fail(`ENCODING takes UTF8, UTF16, UTF16LE, UTF16BE or ISO88591, got ${name}`);
  return { encoding: known };
}

function replacement(read: Reader): Change {
  if (!read.isString()) return { replacement: '?' };
  const value = oneCharacter(read, 'ACCEPTINVCHARS');
  return { replacement: value };
}

const textOnly: CopyFormat[] = ['csv', 'text'];
const rowFormats: CopyFormat[] = ['csv', 'text', 'json'];
const every: CopyFormat[] = ['csv', 'text', 'json', 'parquet'];

/** each option, what it says, and the formats it goes with */
const options: Record<string, { formats: CopyFormat[]; read: Option }> = {
  manifest: { formats: every, read: flag({ manifest: true }) },
  region: { formats: rowFormats, read: (read) => (regionName(read), {}) },
  gzip: { formats: rowFormats, read: flag({ compression: 'gzip' }) },
  zstd: { formats: rowFormats, read: flag({ compression: 'zstd' }) },
  delimiter: { formats: textOnly, read: (read) => ({ delimiter: oneCharacter(read, 'DELIMITER') }) },
  quote: { formats: ['csv'], read: (read) => ({ quote: oneCharacter(read, 'QUOTE') }) },
  escape: { formats: ['text'], read: flag({ escape: true }) },
  removequotes: { formats: ['text'], read: flag({ removeQuotes: true }) },
  fillrecord: { formats: ['csv', 'text', 'parquet'], read: flag({ fillRecord: true }) },
  ignoreblanklines: { formats: textOnly, read: flag({ ignoreBlankLines: true }) },
  ignoreheader: { formats: textOnly, read: ignoreHeader },
  null: { formats: textOnly, read: (read) => ({ nullAs: read.string('NULL') }) },
  acceptanydate: { formats: rowFormats, read: flag({ acceptAnyDate: true }) },
  acceptinvchars: { formats: every, read: replacement },
  blanksasnull: { formats: rowFormats, read: flag({ blanksAsNull: true }) },
  emptyasnull: { formats: rowFormats, read: flag({ emptyAsNull: true }) },
  dateformat: { formats: rowFormats, read: (read) => ({ dateFormat: read.string('DATEFORMAT') }) },
  timeformat: { formats: rowFormats, read: (read) => ({ timeFormat: read.string('TIMEFORMAT') }) },
  encoding: { formats: rowFormats, read: encoding },
  roundec: { formats: rowFormats, read: flag({ roundScale: true }) },
  trimblanks: { formats: rowFormats, read: flag({ trimBlanks: true }) },
  truncatecolumns: { formats: rowFormats, read: flag({ truncateColumns: true }) },
  explicit_ids: { formats: every, read: flag({ explicitIds: true }) },
  serializetojson: { formats: ['parquet'], read: flag({ serializeToJson: true }) },
  maxerror: { formats: rowFormats, read: maxError },
  noload: { formats: rowFormats, read: flag({ noLoad: true }) },
  comprows: { formats: rowFormats, read: (read) => (read.integer('COMPROWS'), {}) },
  compupdate: { formats: rowFormats, read: onOff('preset') },
  statupdate: { formats: every, read: onOff() },
};

const notHonoured: Record<string, string> = {
  avro: 'FORMAT AVRO is not honoured here: use Parquet, CSV or JSON',
  orc: 'FORMAT ORC is not honoured here: use Parquet',
  shapefile: 'FORMAT SHAPEFILE is not honoured here',
  fixedwidth: 'FIXEDWIDTH is not honoured here: use CSV or DELIMITER',
  bzip2: 'BZIP2 is not honoured here: use GZIP or ZSTD',
  lzop: 'LZOP is not honoured here: use GZIP or ZSTD',
  encrypted: 'ENCRYPTED (client-side) is not honoured here: leave it out for server-side encryption',
  master_symmetric_key: 'client-side encryption is not honoured here',
  ssh: 'COPY from SSH is not honoured here',
  readratio: 'READRATIO goes with DynamoDB, which is not honoured here',
};

/** COPY t [(columns)] FROM 's3://...' authorization [[FORMAT] [AS] format] [options] */
export function parseCopy(tokens: Token[]): CopyCommand {
  const { name: table, end } = parseTable(tokens, 1);
  const read = reader('copy', tokens, end);
  let columns: string[] | undefined;
  if (isSign(tokens[end], '(')) {
    const close = closing(tokens, end);
    columns = splitCommas(tokens.slice(end + 1, close)).map(([token]) => parseName(token, 'column name').slice(1, -1));
    read.moveTo(close + 1);
  }
  if (!read.word('from') || read.peek()?.kind !== 'string')
    throw read.fail('syntax error: FROM and a quoted source are expected');
  const source = read.string('FROM');
  checkSource(read, source);
  const seen = new Map<string, Change>();
  let authorized: 'role' | 'key' | undefined;
  let format: Pick<CopyCommand, 'format' | 'json'> | undefined;
  while (!read.done()) {
    const token = read.take();
    const word = token?.kind === 'word' ? token.text : '';
    const given = formatOf(read, word);
    if (given) {
      if (format) throw read.fail(`a format is given twice: ${format.format} and ${given.format}`);
      format = given;
      continue;
    }
    const access = authorization(read, word);
    if (access) {
      if (authorized) throw read.fail('the authorization is given twice');
      authorized = access;
      continue;
    }
    if (Object.hasOwn(notHonoured, word)) throw read.fail(notHonoured[word] ?? '');
    const option = Object.hasOwn(options, word) ? options[word] : undefined;
    if (!option) throw read.fail(`syntax error at or near "${token?.text}": COPY has no such option`);
    if (seen.has(word)) throw read.fail(`${word.toUpperCase()} is given twice`);
    seen.set(word, option.read(read));
  }
  if (!authorized) throw read.fail('COPY needs IAM_ROLE');
  const kind = format ?? { format: 'text' as const, json: '' };
  if (kind.format === 'parquet' && authorized === 'key')
    throw read.fail('COPY from this file format only accepts IAM_ROLE credentials');
  checkTogether(read, kind.format, kind.json, [...seen.keys()]);
  return {
    table,
    source,
    manifest: false,
    ...kind,
    delimiter: kind.format === 'csv' ? ',' : '|',
    quote: '"',
    encoding: 'utf8',
    ignoreHeader: 0,
    maxError: 0,
    explicitIds: false,
    serializeToJson: false,
    fillRecord: false,
    escape: false,
    removeQuotes: false,
    blanksAsNull: false,
    emptyAsNull: false,
    ignoreBlankLines: false,
    trimBlanks: false,
    truncateColumns: false,
    acceptAnyDate: false,
    noLoad: false,
    roundScale: false,
    ...(columns && { columns }),
    ...Object.assign({}, ...seen.values()),
  };
}

function checkSource(read: Reader, source: string): void {
  const other = /^(dynamodb|emr|ssh):\/\//.exec(source)?.[1];
  if (other) throw read.fail(`COPY from ${other}:// is not honoured here: it reads s3:// addresses`);
  if (!/^s3:\/\/[^/]+\/?/.test(source)) throw read.fail(`COPY reads s3:// addresses, got '${source}'`);
}

/** a format with or without FORMAT [AS] before it */
function formatOf(read: Reader, word: string): Pick<CopyCommand, 'format' | 'json'> | undefined {
  let name: string = word;
  if (word === 'format') {
    read.word('as');
    name = read.take()?.text ?? '';
  }
  if (name === 'parquet' || name === 'csv') return { format: name, json: '' };
  if (name === 'json') {
    const argument = read.isString() ? read.string('JSON') : 'auto';
    if (!/^(auto|auto ignorecase|noshred|s3:\/\/[^/]+\/.+)$/.test(argument))
      throw read.fail(
        `JSON takes 'auto', 'auto ignorecase', 'noshred' or the address of a jsonpaths file, got '${argument}'`,
      );
    return { format: name, json: argument };
  }
  if (word !== 'format') return undefined;
  throw read.fail(notHonoured[name] ?? `FORMAT takes CSV, JSON or PARQUET here, got ${name}`);
}

const labels = { parquet: 'PARQUET', csv: 'CSV', json: 'JSON', text: 'delimited text' };

function checkTogether(read: Reader, format: CopyFormat, json: string, words: string[]): void {
  for (const word of words) {
    if (!options[word]?.formats.includes(format))
      throw read.fail(`${word.toUpperCase()} argument is not supported for ${labels[format]} based COPY`);
  }
  if (words.includes('gzip') && words.includes('zstd')) throw read.fail('GZIP and ZSTD exclude each other');
  if (json === 'noshred' && words.includes('truncatecolumns'))
    throw read.fail("TRUNCATECOLUMNS is not supported with JSON 'noshred'");
}

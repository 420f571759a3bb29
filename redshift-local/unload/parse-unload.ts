import { authorization, reader, regionName, unescaped, type Reader } from '../sql/options.js';
import { parseName } from '../sql/types.js';
import { closing, isSign, isWord, splitCommas, type Token } from '../sql/tokens.js';

type UnloadFormat = 'parquet' | 'csv' | 'json' | 'text';

export interface UnloadCommand {
  /** PostgreSQL text of the query */
  query: string;
  prefix: string;
  format: UnloadFormat;
  delimiter: string;
  nullAs: string;
  header: boolean;
  addQuotes: boolean;
  escape: boolean;
  gzip: boolean;
  manifest: boolean;
  verbose: boolean;
  allowOverwrite: boolean;
  cleanPath: boolean;
  parallel: boolean;
  /** bytes */
  maxFileSize: number;
  partitionBy: string[];
  /** partition columns stay in the files */
  include: boolean;
  extension?: string;
}

type Change = Partial<UnloadCommand>;

const megabyte = 1024 * 1024;

const oneCharacter = (read: Reader, what: string): string => {
  const value = read.string(what);
  if (value.length !== 1) throw read.fail(`${what} takes one character, got '${value}'`);
  return value;
};

function size(read: Reader, what: string, low: number, high: number): number {
  read.word('as');
  const token = read.take();
  const unit = read.word('mb', 'gb') === 'gb' ? 1024 * megabyte : megabyte;
  const bytes = Number(token?.text) * unit;
  if (token?.kind !== 'number' || !(bytes >= low * megabyte && bytes <= high * megabyte))
    throw read.fail(`${what} must be between ${low} MB and ${high / 1024} GB, got ${token?.text}`);
  return bytes;
}

const flag = (change: Change) => () => change;
const textual: UnloadFormat[] = ['csv', 'text'];
const every: UnloadFormat[] = ['csv', 'text', 'json', 'parquet'];

/** each option, what it says, and the formats it goes with */
const options: Record<string, { formats: UnloadFormat[]; read: (read: Reader, tokens: Token[]) => Change }> = {
  manifest: { formats: every, read: (read) => ({ manifest: true, verbose: read.word('verbose') !== undefined }) },
  header: { formats: textual, read: flag({ header: true }) },
  delimiter: { formats: textual, read: (read) => ({ delimiter: oneCharacter(read, 'DELIMITER') }) },
  addquotes: { formats: ['text'], read: flag({ addQuotes: true }) },
  escape: { formats: ['text'], read: flag({ escape: true }) },
  null: { formats: textual, read: (read) => ({ nullAs: read.string('NULL') }) },
  gzip: { formats: ['csv', 'text', 'json'], read: flag({ gzip: true }) },
  allowoverwrite: { formats: every, read: flag({ allowOverwrite: true }) },
  cleanpath: { formats: every, read: flag({ cleanPath: true }) },
  parallel: {
    formats: every,
    read: (read) => ({ parallel: !/^(off|false)$/.test(read.word('on', 'true', 'off', 'false') ?? '') }),
  },
  maxfilesize: { formats: every, read: (read) => ({ maxFileSize: size(read, 'MAXFILESIZE', 5, 6.2 * 1024) }) },
  rowgroupsize: { formats: ['parquet'], read: (read) => (size(read, 'ROWGROUPSIZE', 32, 128), {}) },
  partition: { formats: every, read: partition },
  region: { formats: every, read: (read) => (regionName(read), {}) },
  extension: { formats: every, read: (read) => ({ extension: read.string('EXTENSION') }) },
};

const notHonoured: Record<string, string> = {
  fixedwidth: 'FIXEDWIDTH is not honoured here: use CSV or DELIMITER',
  bzip2: 'BZIP2 is not honoured here: use GZIP',
  zstd: 'ZSTD is not honoured here: use GZIP',
  encrypted: 'ENCRYPTED is not honoured here: leave it out for server-side encryption',
  kms_key_id: 'KMS_KEY_ID is not honoured here',
  master_symmetric_key: 'client-side encryption is not honoured here',
};

function partition(read: Reader, tokens: Token[]): Change {
  const open = read.position() + 1;
  if (!read.word('by') || !isSign(tokens[open], '('))
    throw read.fail('syntax error: PARTITION BY (column, ...) is expected');
  const close = closing(tokens, open);
  const partitionBy = splitCommas(tokens.slice(open + 1, close)).map(([token]) =>
    parseName(token, 'column name').slice(1, -1),
  );
  read.moveTo(close + 1);
  return { partitionBy, include: read.word('include') !== undefined };
}

/** the query of UNLOAD ('select ...'), as it stands between the quotes */
export function unloadQuery(tokens: Token[]): string {
  const read = reader('unload', tokens, 1);
  if (!read.sign('(') || read.peek()?.kind !== 'string')
    throw read.fail("syntax error: UNLOAD ('select ...') is expected");
  const [query] = [tokens[2]];
  return query ? unescaped(query) : '';
}

/** UNLOAD ('select ...') TO 's3://...' authorization [options] */
export function parseUnload(tokens: Token[], query: string): UnloadCommand {
  const read = reader('unload', tokens, 3);
  if (!read.sign(')') || !read.word('to'))
    throw read.fail("syntax error: UNLOAD ('select ...') TO 's3://...' is expected");
  const prefix = read.string('TO');
  if (!/^s3:\/\/[^/]+\/.*$/.test(prefix)) throw read.fail(`UNLOAD writes to s3:// addresses, got '${prefix}'`);
  const seen = new Map<string, Change>();
  let authorized = false;
  let format: UnloadFormat | undefined;
  while (!read.done()) {
    const token = read.take();
    const word = token?.kind === 'word' ? token.text : '';
    const given = formatOf(read, word);
    if (given) {
      if (format) throw read.fail(`a format is given twice: ${format} and ${given}`);
      format = given;
    } else if (authorization(read, word)) {
      if (authorized) throw read.fail('the authorization is given twice');
      authorized = true;
    } else {
      if (Object.hasOwn(notHonoured, word)) throw read.fail(notHonoured[word] ?? '');
      const option = Object.hasOwn(options, word) ? options[word] : undefined;
      if (!option) throw read.fail(`syntax error at or near "${token?.text}": UNLOAD has no such option`);
      if (seen.has(word)) throw read.fail(`${word.toUpperCase()} is given twice`);
      seen.set(word, option.read(read, tokens));
    }
  }
  if (!authorized) throw read.fail('UNLOAD needs IAM_ROLE');
  const kind = format ?? 'text';
  for (const word of seen.keys()) {
    if (!options[word]?.formats.includes(kind))
      throw read.fail(
        `${word.toUpperCase()} is not supported for UNLOAD to ${kind === 'text' ? 'delimited text' : kind.toUpperCase()}`,
      );
  }
  if (seen.has('cleanpath') && seen.has('allowoverwrite'))
    throw read.fail('CLEANPATH and ALLOWOVERWRITE exclude each other');
  return {
    query,
    prefix,
    format: kind,
    delimiter: kind === 'csv' ? ',' : '|',
    nullAs: '',
    header: false,
    addQuotes: false,
    escape: false,
    gzip: false,
    manifest: false,
    verbose: false,
    allowOverwrite: false,
    cleanPath: false,
    parallel: true,
    maxFileSize: 6.2 * 1024 * megabyte,
    partitionBy: [],
    include: false,
    ...Object.assign({}, ...seen.values()),
  };
}

function formatOf(read: Reader, word: string): UnloadFormat | undefined {
  let name = word;
  if (word === 'format') {
    read.word('as');
    name = read.take()?.text ?? '';
  }
  if (name === 'parquet' || name === 'csv' || name === 'json') return name;
  if (word === 'format') throw read.fail(`FORMAT takes CSV, JSON or PARQUET here, got ${name}`);
  return undefined;
}

/** LIMIT belongs into a subquery: slices unload on their own */
export const hasOuterLimit = (tokens: Token[]) => {
  let depth = 0;
  return tokens.some((token) => {
    if (isSign(token, '(')) depth++;
    if (isSign(token, ')')) depth--;
    return depth === 0 && isWord(token, 'limit', 'top');
  });
};

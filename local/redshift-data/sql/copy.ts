import { Refusal } from './refusal.js';
import { parseName, parseTable } from './types.js';
import { closing, isSign, isWord, splitCommas, stringValue, type Token } from './tokens.js';

export interface CopyCommand {
  /** quoted, `"schema"."table"` */
  table: string;
  /** unquoted names; absent: every column */
  columns?: string[];
  manifest: string;
}

const fail = (reason: string) => new Refusal('copy', reason);

/** COPY t [(columns)] FROM 's3://...' IAM_ROLE '...' [REGION '...'] FORMAT [AS] PARQUET MANIFEST */
export function parseCopy(tokens: Token[]): CopyCommand {
  const { name: table, end } = parseTable(tokens, 1);
  let at = end;
  let columns: string[] | undefined;
  if (isSign(tokens[at], '(')) {
    const close = closing(tokens, at);
    columns = splitCommas(tokens.slice(at + 1, close)).map(([token]) => parseName(token, 'column name').slice(1, -1));
    at = close + 1;
  }
  const source = tokens[at + 1];
  if (!isWord(tokens[at], 'from') || source?.kind !== 'string')
    throw fail('syntax error: FROM and a quoted source are expected');
  const manifest = stringValue(source);
  if (!manifest.startsWith('s3://')) throw fail(`COPY reads s3:// addresses, not ${manifest}`);
  at += 2;
  const seen = new Set<string>();
  while (at < tokens.length) {
    const word = tokens[at]?.text ?? '';
    if (seen.has(word)) throw fail(`${word.toUpperCase()} is given twice`);
    seen.add(word);
    at = option(tokens, at);
  }
  if (!seen.has('iam_role')) throw fail('COPY needs IAM_ROLE');
  if (!seen.has('format') && !seen.has('parquet')) throw fail('only FORMAT AS PARQUET is honoured here');
  if (!seen.has('manifest')) throw fail('only COPY with MANIFEST is honoured here, not a prefix');
  return { table, manifest, ...(columns && { columns }) };
}

/** position after the option at `at` */
function option(tokens: Token[], at: number): number {
  const next = tokens[at + 1];
  switch (tokens[at]?.text) {
    case 'iam_role':
      if (isWord(next, 'default')) return at + 2;
      if (next?.kind !== 'string' || !/^arn:aws[\w-]*:iam::\d{12}:role\/./.test(stringValue(next))) {
        throw fail(`IAM_ROLE must be the ARN of a role, got ${next?.text ?? 'nothing'}`);
      }
      return at + 2;
    case 'region':
      if (next?.kind !== 'string') throw fail('REGION takes a quoted name');
      throw fail('REGION is not allowed with columnar formats: bucket and cluster share a region');
    case 'format': {
      const from = isWord(next, 'as') ? at + 2 : at + 1;
      if (!isWord(tokens[from], 'parquet'))
        throw fail(`only FORMAT AS PARQUET is honoured here, not ${tokens[from]?.text}`);
      return from + 1;
    }
    case 'parquet':
    case 'manifest':
      return at + 1;
    default:
      throw fail(`${tokens[at]?.text.toUpperCase()} is not allowed with Parquet, or not honoured here`);
  }
}

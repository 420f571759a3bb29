import { shortName } from './long-names.js';
import { Refusal } from './refusal.js';

export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'sign';
  /** words and quoted names folded to lower case, as Redshift folds both */
  text: string;
  /** white space or a comment stood before it */
  space: boolean;
  /** of a name that folding changed */
  written?: string;
}

/** lexical forms that are another kind's: a #name and sys:dba are names, text between dollars a string */
const meant = { cast: 'sign', dollar: 'string', temporary: 'quoted', system: 'quoted', argument: 'sign' } as const;

const lexer: readonly [Token['kind'] | keyof typeof meant | 'gap', RegExp][] = [
  ['gap', /\s+|--[^\n]*/y],
  ['string', /'(?:[^'\\]|''|\\[\s\S])*'/y],
  ['dollar', /\$([A-Za-z_]*)\$[\s\S]*?\$\1\$/y],
  ['quoted', /"(?:[^"]|"")+"/y],
  ['system', /sys:(?:operator|dba|superuser|secadmin|monitor)\b/iy],
  ['temporary', /(?<=^|[\s(,])#[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['argument', /\$\d+/y],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['cast', /::/y],
  ['parameter', /:(?:[A-Za-z_][A-Za-z0-9_]*|\d+)/y],
  ['sign', /[-+*/%^<>=~!@|&?#.,;:()[\]]/y],
];

/** one pass over the text; what has no token in Redshift is refused here */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let space = false;
  let isNewLine = false;
  for (let at = 0; at < sql.length;) {
    if (sql.startsWith('/*', at)) {
      at = commentEnd(sql, at);
      space = true;
      continue;
    }
    const found = match(sql, at);
    if (!found) throw new Refusal('syntax', `syntax error at or near "${sql.slice(at, at + 12)}"`);
    at += found.text.length;
    if (found.kind === 'gap') {
      space = true;
      isNewLine ||= /[\r\n]/.test(found.text);
      continue;
    }
    const previous = tokens.at(-1);
    // a literal goes on in the next line
    if (found.kind === 'string' && isNewLine && previous?.kind === 'string') {
      previous.text = previous.text.slice(0, -1) + found.text.slice(1);
      isNewLine = false;
      continue;
    }
    isNewLine = false;
    const kind = found.kind in meant ? meant[found.kind as keyof typeof meant] : (found.kind as Token['kind']);
    const text = folded(found);
    const isFolded = text !== found.text && (kind === 'word' || (kind === 'quoted' && found.kind === 'quoted'));
    tokens.push({
      kind,
      text,
      space,
      ...(isFolded && { written: kind === 'quoted' ? shortQuoted(found.text) : found.text }),
    });
    // a word may begin where a number ends, which PostgreSQL takes no more: `then 1when`
    space = kind === 'number' && /[\w$]/.test(sql[at] ?? '');
  }
  return tokens;
}

function match(sql: string, at: number) {
  for (const [kind, pattern] of lexer) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return undefined;
}

/** users whom IAM names keep the case of its roles */
const iamUser = /^"IAMR?:/;

function folded({ kind, text }: { kind: string; text: string }): string {
  if (kind === 'temporary' || kind === 'system') return `"${text.toLowerCase()}"`;
  if (kind === 'dollar')
    return `'${text
      .slice(text.indexOf('$', 1) + 1, text.lastIndexOf('$', text.length - 2))
      .replaceAll("'", "''")
      .replaceAll('\\', '\\\\')}'`;
  if (kind === 'word') return shortName(text.toLowerCase());
  return kind === 'quoted' ? shortQuoted(iamUser.test(text) ? text : text.toLowerCase()) : text;
}

const shortQuoted = (text: string): string =>
  text.length <= 32 ? text : `"${shortName(unquoted(text)).replaceAll('"', '""')}"`;

function commentEnd(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith('/*', at)) depth++;
    else if (sql.startsWith('*/', at)) depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  throw new Refusal('syntax', 'unterminated comment');
}

/** statements between semicolons, empty ones left out */
export function splitStatements(tokens: Token[]): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'sign' && token.text === ';') statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

/** PostgreSQL text; a backslash escapes in Redshift's plain strings, in PostgreSQL only in E strings */
export function render(tokens: Token[]): string {
  return tokens
    .map(({ kind, text, space }) => `${space ? ' ' : ''}${kind === 'string' && text.includes('\\') ? ' E' : ''}${text}`)
    .join('')
    .trim();
}

/** words as they are, every literal and name in quotes blanked: what the rules' patterns look at */
export function outline(tokens: Token[]): string {
  return tokens.map(({ kind, text }) => ({ string: "''", quoted: '""' })[kind as string] ?? text).join(' ');
}

/** what a statement may call a relation by: `schema.name`, or a name alone */
export interface Said {
  schema?: string;
  name: string;
}

/** every word and quoted name, with the one before its dot */
export function namesIn(tokens: Token[]): Said[] {
  return tokens.flatMap((token, at) => {
    const name = nameOf(token);
    if (name === undefined) return [];
    if (!isSign(tokens[at - 1], '.')) return isSign(tokens[at + 1], '.') ? [] : [{ name }];
    const schema = nameOf(tokens[at - 2]);
    return [schema === undefined ? { name } : { schema, name }];
  });
}

/** a name without the quotes that it is written in */
export const unquoted = (name: string): string => name.slice(1, -1).replaceAll('""', '"');

export function nameOf(token: Token | undefined): string | undefined {
  if (token?.kind === 'word') return token.text;
  return token?.kind === 'quoted' ? unquoted(token.text) : undefined;
}

/** the value of a plain string literal */
export function stringValue(token: Token): string {
  return token.text
    .slice(1, -1)
    .replaceAll("''", "'")
    .replace(/\\([\s\S])/g, '$1');
}

export const isSign = (token: Token | undefined, text: string) => token?.kind === 'sign' && token.text === text;
export const isWord = (token: Token | undefined, ...texts: string[]) =>
  token?.kind === 'word' && texts.includes(token.text);

/** comma-separated groups of tokens on the outermost level */
export function splitCommas(tokens: Token[]): Token[][] {
  if (tokens.length === 0) return [];
  const groups: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSign(token, '(') || isSign(token, '[')) depth++;
    if (isSign(token, ')') || isSign(token, ']')) depth--;
    if (depth === 0 && isSign(token, ',')) groups.push([]);
    else groups.at(-1)?.push(token);
  }
  return groups;
}

/** position of the parenthesis that closes the one at `open` */
export function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isSign(tokens[at], '(')) depth++;
    if (isSign(tokens[at], ')') && --depth === 0) return at;
  }
  throw new Refusal('syntax', 'syntax error: unbalanced parenthesis');
}

const comma: Token = { kind: 'sign', text: ',', space: false };

export const joinCommas = (groups: Token[][]): Token[] =>
  groups.flatMap((group, at) => (at === 0 ? group : [comma, ...group]));

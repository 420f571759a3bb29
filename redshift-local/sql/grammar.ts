import { Refusal } from './refusal.js';
import { parseTable } from './types.js';
import { tokenize, type Token } from './tokens.js';

const name = String.raw`(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")`;
const parts: Record<string, string> = {
  NAME: name,
  NAMES: `${name}(?: , ${name})*`,
  TABLE: `${name}(?: \\. ${name})?`,
  STRING: String.raw`'(?:[^'\\]|''|\\[\s\S])*'`,
  NUMBER: String.raw`\d+`,
};

/** a statement's form: words as they are said, [NAME], [TABLE], ... for what varies, the rest is a regular expression */
export const form = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/\[([A-Z]+)\]/g, (_, part: string) => parts[part] ?? '')}$`, 'u');

/** tokens one space apart: what a form is matched against */
const canonical = (tokens: Token[]): string => tokens.map(({ text }) => text).join(' ');

/** named parts of the first form that fits, and which it was */
export function match<K extends string>(
  tokens: Token[],
  forms: Record<K, RegExp>,
  rule: string,
): { kind: K; parts: Record<string, string | undefined> } {
  const text = canonical(tokens);
  for (const [kind, pattern] of Object.entries<RegExp>(forms)) {
    const found = pattern.exec(text);
    if (found) return { kind: kind as K, parts: found.groups ?? {} };
  }
  throw new Refusal(rule, `syntax error: this form of ${rule.toUpperCase()} is not in Redshift, or not honoured here`);
}

/** a name of one or two parts as PostgreSQL takes it, refused where it is reserved */
export const sqlName = (written = ''): string => parseTable(tokenize(written), 0).name;

/** names between commas, quoted one by one */
export const sqlNames = (written = ''): string[] => written.split(' , ').map(sqlName);

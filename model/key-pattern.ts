/** letters of a time in a key, the most significant first, and how many digits each has */
const letters = [
  ['Y', 4],
  ['m', 2],
  ['d', 2],
  ['H', 2],
  ['M', 2],
  ['S', 2],
] as const;
const digitsOf = new Map<string, number>(letters);

export interface KeyPattern {
  matches(key: string): boolean;
  /** epoch ms, UTC; undefined where the key is not like the pattern, or has a time that is none */
  timeOf(key: string): number | undefined;
  /** what keys of this time begin with, as far as they sort like their times; empty where they do not */
  leading(time: number): string;
}

/** `**` is any number of folders, `*` and `?` stay within one, `{a,b}` are choices; `%Y %m %d %H %M %S` is a time in UTC */
export function keyPattern(pattern: string): KeyPattern {
  const tokens = tokensOf(pattern);
  const seen = new Set<string>();
  const source = tokens.map((token) => {
    if (token.letter === undefined) return token.regex;
    const digits = `\\d{${digitsOf.get(token.letter) ?? 2}}`;
    if (seen.has(token.letter)) return digits;
    seen.add(token.letter);
    return `(?<${token.letter}>${digits})`;
  });
  const regex = new RegExp(`^${source.join('')}$`, 's');
  return {
    matches: (key) => regex.test(key),
    timeOf(key) {
      const found = regex.exec(key)?.groups;
      return found && momentOf(found);
    },
    leading: (time) => leadingOf(tokens, new Date(time).toISOString()),
  };
}

interface Token {
  regex: string;
  /** means itself */
  literal?: string;
  letter?: string;
}

const special = /\*\*\/|\*\*|\*|\?|\{[^{}]*\}|%[YmdHMS]|[^*?{%]+|[{%]/gs;

function tokensOf(pattern: string): Token[] {
  return Array.from(pattern.matchAll(special), ([text]): Token => {
    if (text === '**/') return { regex: '(?:.*/)?' };
    if (text === '**') return { regex: '.*' };
    if (text === '*') return { regex: '[^/]*' };
    if (text === '?') return { regex: '[^/]' };
    if (text.length > 1 && text.startsWith('{')) {
      return { regex: `(?:${text.slice(1, -1).split(',').map(escaped).join('|')})` };
    }
    if (text.length === 2 && text.startsWith('%')) return { regex: '', letter: text.slice(1) };
    return { regex: escaped(text), literal: text };
  });
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function leadingOf(tokens: Token[], iso: string): string {
  const digits = iso.replace(/\D/g, '');
  let text = '';
  let next = 0;
  for (const { literal, letter } of tokens) {
    if (literal !== undefined) text += literal;
    else if (letter !== undefined && letter === letters[next]?.[0]) {
      const from = letters.slice(0, next++).reduce((sum, [, width]) => sum + width, 0);
      text += digits.slice(from, from + (digitsOf.get(letter) ?? 0));
    } else break;
  }
  return text;
}

function momentOf({ Y, m, d, H = '00', M = '00', S = '00' }: Record<string, string>): number | undefined {
  const time = Date.parse(`${Y}-${m}-${d}T${H}:${M}:${S}Z`);
  // the 31st of April would be the 1st of May
  return Number.isNaN(time) || new Date(time).getUTCDate() !== Number(d) ? undefined : time;
}

/** what is wrong with the pattern of a time */
export function timePatternProblems(pattern: string): string[] {
  const found = new Set(tokensOf(pattern).flatMap(({ letter }) => letter ?? []));
  const missing = ['Y', 'm', 'd'].filter((letter) => !found.has(letter)).map((letter) => `%${letter}`);
  const at = letters.map(([letter]) => found.has(letter));
  const isGap = at.lastIndexOf(true) > at.indexOf(false) && at.includes(false);
  if (missing.length > 0) return [`its timeFrom.key has no ${missing.join(' and ')}: '${pattern}'`];
  return isGap ? [`its timeFrom.key leaves out a letter of %Y %m %d %H %M %S between others: '${pattern}'`] : [];
}

/** stands in the place of what was left out */
const leftOut = '…';

/** how databases set values into a message without quoting them; each ends the message, a value may hold anything */
const unquoted: [RegExp, string][] = [
  [/(=|\bcontains )\(.*\)/s, `$1(${leftOut})`],
  [/\b((?:JSON data|COPY \w+), line \d+(?:, column \w+)?:).*/s, `$1 ${leftOut}`],
  [/\b(out of range|values?|overflow)(:?\s+\(?(?:value: ?)?)[-+]?\d[\d.,e+-]*/gi, `$1$2${leftOut}`],
];

/**
 * a message of the warehouse or dbt without the row values that it quotes: what is quoted is left only where `known`, the
 * statement or other text of ours, has it too; from the first quoted text that is not known to the last quote all is left out,
 * since a value may hold quotes itself
 */
export function withoutValues(message: string, known = ''): string {
  const plain = unquoted.reduce((text, [pattern, by]) => text.replace(pattern, by), message);
  return withoutQuoted(withoutQuoted(plain, doubleQuoted, '"', known), singleQuoted, "'", known);
}

const doubleQuoted = /"([^"]*)("|$)/g;
/** an apostrophe within a word quotes nothing */
const singleQuoted = /(?<!\w)'((?:[^']|(?<=\w)'(?=\w))*)('|$)/g;

function withoutQuoted(text: string, quoted: RegExp, quote: string, known: string): string {
  for (const found of text.matchAll(quoted)) {
    const [, inner = '', end] = found;
    if (end && isKnown(inner, known)) continue;
    // one that is cut off has no end
    const isCut = !end || (quote === '"' && text.split(quote).length % 2 === 0);
    const last = isCut ? text.length : text.lastIndexOf(quote);
    return `${text.slice(0, found.index)}${quote}${leftOut}${quote}${text.slice(last + 1)}`;
  }
  return text;
}

/** only as a whole word: single letters occur in every statement */
function isKnown(inner: string, known: string): boolean {
  if (inner === '' || inner === leftOut) return true;
  for (let at = known.indexOf(inner); at >= 0; at = known.indexOf(inner, at + 1)) {
    const around = `${known[at - 1] ?? ' '}${known[at + inner.length] ?? ' '}`;
    if (!/\w/.test(around)) return true;
  }
  return false;
}

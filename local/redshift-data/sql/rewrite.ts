import { dateParts, emittedOnly } from './functions.js';
import { Refusal } from './refusal.js';
import { closing, isSign, isWord, render, splitCommas, stringValue, tokenize, type Token } from './tokens.js';

type Rewrite = (args: Token[][], name: string) => string;

/** Redshift's functions that PostgreSQL spells otherwise, or that take bare words */
const rewrites: Record<string, Rewrite> = {
  nvl: (args) => `coalesce(${list(args)})`,
  nvl2: (args, name) => {
    const [test, then, otherwise] = exactly(args, 3, name);
    return `(case when ${test} is not null then ${then} else ${otherwise} end)`;
  },
  decode,
  // a keyword of PostgreSQL's own
  json_serialize: (args, name) => `rs_local_json_serialize(${exactly(args, 1, name).join()})`,
  concat: (args, name) => {
    const [left, right] = exactly(args, 2, name);
    return `(cast(${left} as varchar) || cast(${right} as varchar))`;
  },
  dateadd: withPart,
  date_add: withPart,
  datediff: withPart,
  date_diff: withPart,
  date_part: withPart,
  pgdate_part: withPart,
  date_trunc: (args, name) => {
    if (args[0]?.[0]?.kind === 'word')
      throw new Refusal('function date_trunc', 'the date part of DATE_TRUNC is a string');
    return withPart(args, name);
  },
  sysdate: () => {
    throw new Refusal('function sysdate', 'SYSDATE takes no parentheses');
  },
};

/** words that are values in Redshift without parentheses, and those that run on the leader node only */
const words: Record<string, () => string> = {
  sysdate: () => 'rs_local_sysdate()',
  ...Object.fromEntries(
    ['localtimestamp', 'localtime', 'current_timestamp', 'current_time'].map((name) => [
      name,
      () => {
        throw new Refusal(
          'leader-node function',
          `${name.toUpperCase()} runs on the leader node only: use GETDATE() or SYSDATE`,
        );
      },
    ]),
  ),
};

/** every Redshift spelling replaced, inside out; the result is PostgreSQL text */
export function rewriteExpressions(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    const isCall = token.kind === 'word' && isSign(tokens[at + 1], '(') && !isSign(tokens[at - 1], '.');
    if (token.kind === 'word') refuseWord(token, tokens[at + 1], tokens[at - 1]);
    const word =
      token.kind === 'word' && !isSign(tokens[at - 1], '.') && !isWord(tokens[at - 1], 'as') && words[token.text];
    if (isCall && token.text === 'listagg') {
      const call = listagg(tokens, at);
      out.push(...emit(call.text, token.space));
      at = call.end;
    } else if (isCall && token.text === 'extract' && isWord(tokens[at + 3], 'from')) {
      const end = closing(tokens, at + 1);
      const part = withPart([tokens.slice(at + 2, at + 3), rewriteExpressions(tokens.slice(at + 4, end))], 'date_part');
      out.push(...emit(`cast(trunc(${part}) as bigint)`, token.space));
      at = end;
    } else if (isCall && Object.hasOwn(rewrites, token.text)) {
      const end = closing(tokens, at + 1);
      const args = splitCommas(tokens.slice(at + 2, end)).map(rewriteExpressions);
      out.push(...emit(rewrites[token.text]?.(args, token.text) ?? '', token.space));
      at = end;
    } else if (word) {
      out.push(...emit(word(), token.space));
    } else out.push(token);
  }
  return out;
}

function refuseWord(token: Token, next: Token | undefined, previous: Token | undefined) {
  if (token.text.startsWith('rs_local_') || (isSign(next, '(') && emittedOnly.has(token.text))) {
    throw new Refusal('function not in Redshift', `function ${token.text} does not exist`);
  }
  const isE = (token.text === 'e' || token.text === 'u') && next?.kind === 'string' && !next.space;
  if (isE) throw new Refusal('string literal', 'Redshift has no E or U& strings: a backslash escapes in plain ones');
  if (token.text === 'fetch' && isWord(next, 'first', 'next') && !isSign(previous, '.')) {
    throw new Refusal('fetch first', 'Redshift has no FETCH: use LIMIT');
  }
}

function emit(sql: string, space: boolean): Token[] {
  return tokenize(sql).map((token, at) => (at === 0 ? { ...token, space } : token));
}

const list = (args: Token[][]) => args.map(plain).join(', ');
// emitted text is tokenized again: E strings go back to plain ones
const plain = (tokens: Token[]) =>
  tokens
    .map(({ text, space }) => `${space ? ' ' : ''}${text}`)
    .join('')
    .trim();

function exactly(args: Token[][], count: number, name: string): string[] {
  if (args.length !== count)
    throw new Refusal(`function ${name}`, `${name.toUpperCase()} takes ${count} arguments, got ${args.length}`);
  return args.map(plain);
}

function withPart(args: Token[][], name: string): string {
  const [first, ...rest] = args;
  const token = first?.length === 1 ? first[0] : undefined;
  const written =
    token?.kind === 'word' ? token.text : token?.kind === 'string' ? stringValue(token).toLowerCase() : '';
  const part = dateParts.get(written);
  if (!part)
    throw new Refusal(
      `function ${name}`,
      `${name.toUpperCase()}: ${first ? render(first) : 'nothing'} is no date part`,
    );
  const target = { date_add: 'dateadd', date_diff: 'datediff', pgdate_part: 'date_part' }[name] ?? name;
  return `${target}('${part}', ${list(rest)})`;
}

/** DECODE(value, search, result, ... [, default]); two nulls are equal here */
function decode(args: Token[][], name: string): string {
  const [value, ...rest] = args.map(plain);
  if (rest.length < 2) throw new Refusal(`function ${name}`, 'DECODE takes at least 3 arguments');
  const cases: string[] = [];
  for (let at = 0; at + 1 < rest.length; at += 2) {
    const search = rest[at] ?? 'null';
    const test = search === 'null' ? `${value} is null` : `${value} = ${search}`;
    cases.push(`when ${test} then ${rest[at + 1]}`);
  }
  return `(case ${cases.join(' ')}${rest.length % 2 === 1 ? ` else ${rest.at(-1)}` : ''} end)`;
}

function listagg(tokens: Token[], at: number): { text: string; end: number } {
  let end = closing(tokens, at + 1);
  const [value = [], delimiter] = splitCommas(tokens.slice(at + 2, end)).map(rewriteExpressions);
  const isDistinct = isWord(value[0], 'distinct');
  let order = '';
  if (isWord(tokens[end + 1], 'within')) {
    const open = end + 3;
    end = closing(tokens, open);
    order = ` ${plain(rewriteExpressions(tokens.slice(open + 1, end)))}`;
  }
  if (isWord(tokens[end + 1], 'over'))
    throw new Refusal('function listagg', 'LISTAGG as a window function is not honoured here');
  const text = plain(isDistinct ? value.slice(1) : value);
  return {
    text: `string_agg(${isDistinct ? 'distinct ' : ''}cast(${text} as varchar), ${delimiter ? plain(delimiter) : "''"}${order})`,
    end,
  };
}

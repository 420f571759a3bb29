import { emittedOnly } from './functions.js';
import { reshape } from './query/reshape.js';
import type { Catalog } from './query/scope.js';
import { Refusal } from './refusal.js';
import { callRewrites, listagg, ratioToReport, withPart } from './rewrite-calls.js';
import { ignoreNulls, passesNulls } from './rewrite-ignore-nulls.js';
import { percentile } from './rewrite-percentile.js';
import { objectTransform } from './rewrite-transform.js';
import { rewriteCasts } from './rewrite-casts.js';
import { emit, type Rewriter } from './rewrite-text.js';
import { rewriteSyntax } from './rewrite-syntax.js';
import { closing, isSign, isWord, splitCommas, type Token } from './tokens.js';

/** words that are values in Redshift without parentheses */
const words: Record<string, string> = {
  sysdate: 'rs_local_sysdate()',
  current_user_id: 'rs_local_user_id()',
  current_namespace: 'rs_local_namespace()',
  current_aws_account: 'rs_local_account()',
};

/** every Redshift spelling replaced; the result is PostgreSQL text */
export function rewriteQuery(tokens: Token[], catalog: Catalog): Token[] {
  for (const [at, token] of tokens.entries()) refuseWord(token, tokens[at + 1], tokens[at - 1], tokens[at + 2]);
  return rewriteExpressions(rewriteCasts(rewriteSyntax(reshape(tokens, catalog))));
}

type Special = (tokens: Token[], at: number, rewrite: Rewriter) => { text: string; end: number } | undefined;

const special: Record<string, Special> = {
  listagg,
  ratio_to_report: ratioToReport,
  object_transform: objectTransform,
  percentile_cont: percentile,
  percentile_disc: percentile,
};
const passing: Record<string, Special> = Object.fromEntries(
  ['lag', 'lead', 'first_value', 'last_value', 'nth_value'].map((name) => [name, ignoreNulls]),
);

/** functions, inside out */
function rewriteExpressions(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    const isFree = token.kind === 'word' && !isSign(tokens[at - 1], '.');
    const isCall = isFree && isSign(tokens[at + 1], '(');
    const rewrite = isCall && Object.hasOwn(callRewrites, token.text) && callRewrites[token.text];
    const isExtract = isCall && token.text === 'extract' && isWord(tokens[at + 3], 'from');
    const word = isFree && !isWord(tokens[at - 1], 'as') && Object.hasOwn(words, token.text) && words[token.text];
    const call = isCall && Object.hasOwn(special, token.text) && special[token.text]?.(tokens, at, rewriteExpressions);
    const passed = isCall && Object.hasOwn(passing, token.text) && passesNulls(tokens, at) && passing[token.text];
    if (passed) {
      const done = passed(tokens, at, rewriteExpressions);
      out.push(...emit(done?.text ?? '', token.space));
      at = done?.end ?? at;
    } else if (call) {
      out.push(...emit(call.text, token.space));
      at = call.end;
    } else if (isExtract) {
      const end = closing(tokens, at + 1);
      const args = [tokens.slice(at + 2, at + 3), rewriteExpressions(tokens.slice(at + 4, end))];
      const part = withPart(args, 'date_part');
      const isLong = part.startsWith("date_part('epoch'");
      const text = isLong ? `cast(trunc(${part}) as bigint)` : part.replace(/^(\()?date_part/, '$1rs_local_extract');
      out.push(...emit(text, token.space));
      at = end;
    } else if (rewrite) {
      const end = closing(tokens, at + 1);
      const args = splitCommas(tokens.slice(at + 2, end)).map(rewriteExpressions);
      out.push(...emit(rewrite(args, token.text), token.space));
      at = end;
    } else if (word) out.push(...emit(word, token.space));
    else out.push(token);
  }
  return out;
}

/** types of PostgreSQL that rewriting emits, which no statement may say before a literal */
const foreignLiterals = new Set(['jsonb', 'json', 'bytea', 'text', 'uuid', 'varbit', 'bit']);

function refuseWord(token: Token, next?: Token, previous?: Token, second?: Token) {
  if (token.kind !== 'word') return;
  if (token.text.startsWith('rs_local_') || (isSign(next, '(') && emittedOnly.has(token.text)))
    throw new Refusal('function not in Redshift', `function ${token.text} does not exist`);
  const isE = token.text === 'e' && next?.kind === 'string' && !next.space;
  const isU = token.text === 'u' && isSign(next, '&') && !next?.space && /^(string|quoted)$/.test(second?.kind ?? '');
  if (isE || (isU && !second?.space))
    throw new Refusal('string literal', 'Redshift has no E or U& strings: a backslash escapes in plain ones');
  if ((token.text === 'b' || token.text === 'x') && next?.kind === 'string' && !next.space)
    throw new Refusal('string literal', 'Redshift has no BIT type: write FROM_HEX or TO_VARBYTE for bytes');
  if (token.text === 'exclude' && isWord(next, 'current', 'group', 'ties', 'no') && !isSign(previous, '.'))
    throw new Refusal('window frame', 'a frame takes no EXCLUDE: it ends with its bounds');
  if (token.text === 'fetch' && isWord(next, 'first', 'next') && !isSign(previous, '.'))
    throw new Refusal('fetch first', 'Redshift has no FETCH: use LIMIT');
  if (token.text === 'offset' && next?.kind === 'number' && isWord(second, 'row', 'rows'))
    throw new Refusal('syntax', `syntax error at or near "${second?.text}": OFFSET takes a number alone`);
  if (next?.kind === 'string' && foreignLiterals.has(token.text))
    throw new Refusal('cast', `a literal of type ${token.text} is not in Redshift`);
}

import { Refusal } from './refusal.js';
import { emit, plain } from './rewrite-text.js';
import { closing, isSign, isWord, type Token } from './tokens.js';
import { parseType } from './types.js';

/** `x::type`, CAST(x AS type) and CONVERT(type, x) with Redshift's types and their limits */
export function rewriteCasts(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    const isCall = token.kind === 'word' && isSign(tokens[at + 1], '(') && !isSign(tokens[at - 1], '.');
    if (isSign(token, '::')) {
      const { pg, end } = castType(tokens, at + 1);
      const value = out.at(-1);
      if (pg === 'jsonb' && value?.kind === 'string') out.splice(-1, 1, ...emit(superText(value), value.space));
      else if (pg === 'bytea' && value?.kind === 'string') out.splice(-1, 1, ...emit(varbyte(value), value.space));
      else out.push(token, ...emit(pg, false));
      at = end - 1;
    } else if (isCall && (token.text === 'cast' || token.text === 'try_cast')) {
      const end = closing(tokens, at + 1);
      const as = tokens.findLastIndex((word, index) => index > at && index < end && isWord(word, 'as'));
      if (as < 0) throw new Refusal('syntax', 'syntax error: CAST(value AS type) is expected');
      const type = castType(tokens, as + 1);
      if (type.end !== end) throw new Refusal('syntax', `syntax error at or near "${tokens[type.end]?.text}"`);
      const cast = token.text === 'cast' ? castOf : tryCastOf;
      out.push(...cast(rewriteCasts(tokens.slice(at + 2, as)), type.pg, token.space));
      at = end;
    } else if (isCall && token.text === 'convert') {
      const end = closing(tokens, at + 1);
      const type = castType(tokens, at + 2);
      if (!isSign(tokens[type.end], ','))
        throw new Refusal(
          'syntax',
          'syntax error: CONVERT(type, value) is expected, CONVERT ... USING is not in Redshift',
        );
      out.push(...castOf(rewriteCasts(tokens.slice(type.end + 1, end)), type.pg, token.space));
      at = end;
    } else out.push(token);
  }
  return out;
}

function castType(tokens: Token[], at: number): { pg: string; end: number } {
  const { type, end } = parseType(tokens, at, true);
  if (isSign(tokens[end], '[')) throw new Refusal('array', 'Redshift has no array types');
  return { pg: type.pg, end };
}

/** a text becomes a string in SUPER, it is not parsed */
const superText = ({ text }: Token) => `rs_local_super(${text})`;

/** a text gives its bytes, where PostgreSQL would read its own notation of them */
const varbyte = ({ text }: Token) => `cast(cast(${text} as varchar) as bytea)`;

function castOf(value: Token[], pg: string, space: boolean): Token[] {
  const [only] = value;
  if (pg === 'bytea' && value.length === 1 && only?.kind === 'string') return emit(varbyte(only), space);
  if (pg === 'jsonb' && value.length === 1 && only?.kind === 'string') return emit(superText(only), space);
  return emit(`cast(${plain(value)} as ${pg})`, space);
}

/** a literal has no type of its own in PostgreSQL, and a text in Redshift */
function tryCastOf(value: Token[], pg: string, space: boolean): Token[] {
  const [only] = value;
  const isUntyped =
    value.length === 1 && (only?.kind === 'string' || only?.kind === 'parameter' || only?.text === 'null');
  const typed = isUntyped ? `cast(${plain(value)} as varchar)` : plain(value);
  return emit(`rs_local_try_cast(${typed}, cast(null as ${pg}), '${pg}')`, space);
}

import { Refusal } from './refusal.js';
import { plain, type Rewriter } from './rewrite-text.js';
import { closing, isSign, isWord, joinCommas, splitCommas, type Token } from './tokens.js';

/** `f(x IGNORE NULLS) OVER` and `f(x) IGNORE NULLS OVER` */
export function passesNulls(tokens: Token[], at: number): boolean {
  const end = closing(tokens, at + 1);
  return isIgnore(tokens, end + 1) || isIgnore(tokens, end - 2);
}

const isIgnore = (tokens: Token[], at: number) => isWord(tokens[at], 'ignore') && isWord(tokens[at + 1], 'nulls');

/** as aggregates that pass over nulls, in the frame that the function looks at */
export function ignoreNulls(tokens: Token[], at: number, rewrite: Rewriter): { text: string; end: number } {
  const name = tokens[at]?.text ?? '';
  const close = closing(tokens, at + 1);
  const isInside = isIgnore(tokens, close - 2);
  const over = isInside ? close + 1 : close + 3;
  if (!isWord(tokens[over], 'over') || !isSign(tokens[over + 1], '('))
    throw new Refusal('ignore nulls', `${name.toUpperCase()} with IGNORE NULLS needs OVER (...)`);
  const end = closing(tokens, over + 1);
  const [value = [], count] = splitCommas(rewrite(tokens.slice(at + 2, isInside ? close - 2 : close)));
  const window = rewrite(tokens.slice(over + 2, end));
  const argument = plain(value);
  const steps = count ? plain(count) : '1';
  const calls: Record<string, string> = {
    first_value: `rs_local_first(${argument}) over (${plain(window)})`,
    last_value: `rs_local_last(${argument}) over (${plain(window)})`,
    nth_value: `rs_local_nth(${argument}, ${steps}) over (${plain(window)})`,
    lag: `rs_local_back(${argument}, ${steps}) over (${plain(window)} ${before})`,
    lead: `rs_local_back(${argument}, ${steps}) over (${plain(backwards(window))} ${before})`,
  };
  return { text: calls[name] ?? '', end };
}

const before = 'rows between unbounded preceding and 1 preceding';

const opposite: Record<string, string> = { asc: 'desc', desc: 'asc', first: 'last', last: 'first' };

/** what comes after is what comes before in the opposite order */
function backwards(window: Token[]): Token[] {
  const at = window.findIndex((token, index) => isWord(token, 'order') && isWord(window[index + 1], 'by'));
  if (at < 0) return window;
  const keys = splitCommas(window.slice(at + 2)).map((key) => {
    const turned = key.map((token, index) => {
      const isTail = isWord(token, 'asc', 'desc') || isWord(key[index - 1], 'nulls');
      return isTail && Object.hasOwn(opposite, token.text) ? { ...token, text: opposite[token.text] ?? '' } : token;
    });
    if (key.some((token) => isWord(token, 'asc', 'desc'))) return turned;
    const nulls = turned.findIndex((token) => isWord(token, 'nulls'));
    const desc: Token = { kind: 'word', text: 'desc', space: true };
    return nulls < 0 ? [...turned, desc] : [...turned.slice(0, nulls), desc, ...turned.slice(nulls)];
  });
  return [...window.slice(0, at + 2), ...joinCommas(keys)];
}

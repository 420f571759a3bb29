import { Refusal } from './refusal.js';
import { plain, type Rewriter } from './rewrite-text.js';
import { closing, isSign, isWord, type Token } from './tokens.js';

/** PERCENTILE_... WITHIN GROUP as a window, which PostgreSQL has not: a function of the partition's values */
export function percentile(tokens: Token[], at: number, rewrite: Rewriter): { text: string; end: number } | undefined {
  const name = tokens[at]?.text ?? '';
  const close = closing(tokens, at + 1);
  if (!isWord(tokens[close + 1], 'within') || !isSign(tokens[close + 3], '(')) return undefined;
  const ordered = closing(tokens, close + 3);
  if (!isWord(tokens[ordered + 1], 'over') || !isSign(tokens[ordered + 2], '(')) return undefined;
  const end = closing(tokens, ordered + 2);
  const window = rewrite(tokens.slice(ordered + 3, end));
  if (window.some((token) => isWord(token, 'order', 'rows')))
    throw new Refusal('within group over', `the window of ${name.toUpperCase()} takes PARTITION BY only`);
  const fraction = plain(rewrite(tokens.slice(at + 2, close)));
  const order = tokens.slice(close + 6, ordered);
  const direction = order.findIndex((token) => isWord(token, 'asc', 'desc', 'nulls'));
  const value = plain(rewrite(direction < 0 ? order : order.slice(0, direction)));
  const isDescending = isWord(order[direction], 'desc');
  return {
    text: `rs_local_${name}(rs_local_values(${value}) over (${plain(window)}), ${fraction}, ${isDescending})`,
    end,
  };
}

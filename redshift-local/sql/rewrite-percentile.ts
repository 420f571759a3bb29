import { Refusal } from './refusal.js';
import { plain, type Rewriter } from './rewrite-text.js';
import { closing, isSign, isWord, type Token } from './tokens.js';

/** PERCENTILE_... WITHIN GROUP as a window, which PostgreSQL has not: a function of the partition's values; the descending place is the ascending one from the end */
export function percentile(tokens: Token[], at: number, rewrite: Rewriter): { text: string; end: number } | undefined {
  const name = tokens[at]?.text ?? '';
  const close = closing(tokens, at + 1);
  if (!isWord(tokens[close + 1], 'within') || !isSign(tokens[close + 3], '(')) return undefined;
  const ordered = closing(tokens, close + 3);
  const isWindow = isWord(tokens[ordered + 1], 'over') && isSign(tokens[ordered + 2], '(');
  const fraction = plain(rewrite(tokens.slice(at + 2, close)));
  if (Number(fraction) < 0 || Number(fraction) > 1)
    throw new Refusal(`function ${name}`, `percentile value ${fraction} is not between 0 and 1`);
  const order = tokens.slice(close + 6, ordered);
  const direction = order.findIndex((token) => isWord(token, 'asc', 'desc', 'nulls'));
  const value = plain(rewrite(direction < 0 ? order : order.slice(0, direction)));
  const isDescending = isWord(order[direction], 'desc');
  if (!isWindow) {
    if (name === 'percentile_disc' || !isDescending) return undefined;
    return { text: `percentile_cont(1 - ${fraction}) within group (order by ${value})`, end: ordered };
  }
  const end = closing(tokens, ordered + 2);
  const window = rewrite(tokens.slice(ordered + 3, end));
  if (window.some((token) => isWord(token, 'order', 'rows')))
    throw new Refusal('within group over', `the window of ${name.toUpperCase()} takes PARTITION BY only`);
  const call = name === 'percentile_cont' ? 'rs_local_interpolated' : 'rs_local_percentile_disc';
  return { text: `${call}(rs_local_values(${value}) over (${plain(window)}), ${fraction}, ${isDescending})`, end };
}

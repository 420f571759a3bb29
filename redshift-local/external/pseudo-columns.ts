import { isSign, type Token } from '../sql/tokens.js';

const names = new Set(['"$path"', '"$size"']);

/** Spectrum's pseudo-columns, which `*` does not show: each file is a table of its own here, so its oid says which */
export function pseudoColumns(tokens: Token[]): Token[] {
  return tokens.flatMap((token, at) => {
    if (isSign(tokens[at + 1], '.') && names.has(tokens[at + 2]?.text ?? '')) return [];
    if (isSign(token, '.') && names.has(tokens[at + 1]?.text ?? '')) return [];
    if (token.kind !== 'quoted' || !names.has(token.text) || isSign(tokens[at + 1], '(')) return [token];
    const isAlias = tokens[at - 1]?.text === 'as';
    if (isAlias) return [token];
    const qualifier = isSign(tokens[at - 1], '.') ? tokens.slice(at - 2, at) : [];
    const bare = (item: Token): Token => ({ ...item, space: false });
    const sign = (text: string): Token => ({ kind: 'sign', text, space: false });
    const column: Token = { kind: 'word', text: 'tableoid', space: false };
    return [{ ...token, space: true }, sign('('), ...qualifier.map(bare), column, sign(')')];
  });
}

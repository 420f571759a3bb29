import { literal } from '../literal.js';
import { isSign, isWord, unquoted, type Token } from '../tokens.js';
import { parseName } from '../types.js';

export interface Grantee {
  kind: 'user' | 'role' | 'group';
  /** quoted */
  name: string;
}

/** names between commas from `at` on, each with the word before it; PUBLIC is nobody's name */
export function granteesFrom(tokens: Token[], at: number): Grantee[] {
  const found: Grantee[] = [];
  for (let place = at; place < tokens.length; place++) {
    const word = isWord(tokens[place], 'role', 'group') && tokens[place + 1]?.kind !== 'sign' && tokens[place + 1];
    const kind = word ? (tokens[place]?.text === 'role' ? 'role' : 'group') : 'user';
    if (word) place++;
    if (!isWord(tokens[place], 'public')) found.push({ kind, name: parseName(tokens[place], 'name of a user') });
    while (isWord(tokens[place + 1], 'with') && isWord(tokens[place + 3], 'option')) place += 3;
    if (!isSign(tokens[place + 1], ',')) break;
    place++;
  }
  return found;
}

/** run before: each name is of its kind */
export const requirePrincipals = (grantees: Grantee[]) =>
  grantees.map(
    ({ kind, name }) => `select redshift_catalog.rs_local_require_principal('${kind}', ${literal(unquoted(name))})`,
  );

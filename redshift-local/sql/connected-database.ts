import { isSign, isWord, type Token } from './tokens.js';

const isName = (token: Token | undefined) => token?.kind === 'word' || token?.kind === 'quoted';

/** DDL of a schema, whose name has two parts with its database */
const isOfSchema = (tokens: Token[]) =>
  isWord(tokens[0], 'create', 'alter', 'drop') && isWord(tokens[1], 'schema') && !isWord(tokens[2], 'authorization');

/** `database.schema.name` -> `schema.name` where it is the database that one is connected to */
export function withoutDatabase(tokens: Token[], database: string): Token[] {
  const names = [database, `"${database}"`].map((name) => name.toLowerCase());
  const isWhole = isOfSchema(tokens);
  return tokens.flatMap((token, at) => {
    const isFirst = (place: number) =>
      names.includes(tokens[place]?.text ?? '') &&
      isName(tokens[place]) &&
      !isSign(tokens[place - 1], '.') &&
      isSign(tokens[place + 1], '.') &&
      isName(tokens[place + 2]) &&
      (isWhole || isSign(tokens[place + 3], '.'));
    if (isFirst(at) || (isSign(token, '.') && isFirst(at - 1))) return [];
    // what comes next is where the name began
    return [isFirst(at - 2) ? { ...token, space: tokens[at - 2]?.space ?? true } : token];
  });
}

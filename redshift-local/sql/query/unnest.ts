import { Refusal } from '../refusal.js';
import { isSign, isWord, nameOf, render, type Token } from '../tokens.js';
import { expression, navigation, type Reshape } from './expression.js';
import { word } from './read-query.js';
import type { Reference } from './read-from.js';
import { namesOf, quoted, type Relation, type Scope } from './scope.js';

const sign = (text: string): Token => ({ kind: 'sign', text, space: false });

/** `t.items i AT n` where t is a table before it; PostgreSQL has a function in FROM for it */
export function isUnnest({ source, kind, alias }: Reference, { relations, outer }: Scope): boolean {
  if (kind === 'unpivoted object') return true;
  if (kind !== 'path') return false;
  const first = nameOf(source[0]);
  // two names without an alias, and those of a schema with a table of its name, are a table's
  const isPlain = source.length === 3 && !source.some((token) => isSign(token, '['));
  if (isPlain && !alias) return false;
  const isAlias = (all: Relation[]) =>
    all.some(
      ({ name, schema, isElement }) =>
        name === first && !(isPlain && schema === first) && (source.length > 1 || isElement),
    );
  if (isAlias(relations)) return true;
  for (let at = outer; at; at = at.outer) if (isAlias(at.relations)) return true;
  return source.some((token) => isSign(token, '['));
}

export function unnest(
  { source, kind, at, alias }: Reference,
  scope: Scope,
  reshape: Reshape,
  link: Token[],
): { tokens: Token[]; relation: Relation[] } {
  checkLink(link);
  const path = source.map((token, index) => (index === 0 ? { ...token, space: false } : token));
  const element = quoted(nameOf(path[0]) ?? '');
  const inside = { ...element, space: false };
  const only = path.length === 1 ? [inside, sign('.'), inside] : navigation(path, scope, reshape);
  const name = nameOf(alias);
  if (name === undefined)
    throw new Refusal(
      'super unnesting',
      `${render(source)} in FROM needs an alias: FROM t, ${render(source)} AS element`,
    );
  const index = nameOf(at);
  const isObject = kind === 'unpivoted object';
  const call = `${isObject ? 'rs_local_attributes' : 'rs_local_elements'}${index === undefined ? '' : '_at'}`;
  const columns = [name, ...(index === undefined ? [] : [index])];
  return { tokens: lateral(call, only, name, columns), relation: [{ name, isElement: true, columns: () => columns }] };
}

/** `UNNEST(t.items) [WITH OFFSET] AS alias [(element [, offset])]` */
export function unnestCall(
  { source, alias, columns: written, hasOffset, link }: Reference,
  scope: Scope,
  reshape: Reshape,
): { tokens: Token[]; relations: Relation[] } {
  checkLink(link);
  const name = nameOf(alias) ?? 'unnest';
  const given = namesOf(written);
  const columns = [given[0] ?? name, ...(hasOffset ? [given[1] ?? 'offset'] : [])];
  if (given.length > columns.length)
    throw new Refusal('super unnesting', 'UNNEST gives one column, and a second WITH OFFSET');
  const call = `rs_local_elements${hasOffset ? '_at' : ''}`;
  return {
    tokens: lateral(call, expression(source.slice(2, -1), scope, reshape), name, columns),
    relations: [{ name, isElement: given.length === 0, columns: () => columns }],
  };
}

function checkLink(link: Token[]): void {
  if (isWord(link.at(-1), 'join') && link.some((token) => isWord(token, 'right', 'full')))
    throw new Refusal('super join', 'SUPER and its aliases cannot be used in right joins or full outer joins');
}

const lateral = (call: string, value: Token[], name: string, columns: string[]): Token[] => [
  word('lateral'),
  word(call),
  sign('('),
  ...value,
  sign(')'),
  word('as'),
  quoted(name),
  sign('('),
  ...columns.flatMap((column, at) => (at === 0 ? [quoted(column)] : [sign(','), quoted(column)])),
  sign(')'),
];

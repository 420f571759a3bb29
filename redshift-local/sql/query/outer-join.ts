import { Refusal } from '../refusal.js';
import { isSign, isWord, nameOf, type Token } from '../tokens.js';
import { word } from './read-query.js';
import type { Relation } from './scope.js';

/** a table of FROM without its link, and what it goes by */
export interface Placed {
  tokens: Token[];
  relation: Relation;
}

const isMark = (tokens: Token[], at: number) =>
  isSign(tokens[at], '(') && isSign(tokens[at + 1], '+') && isSign(tokens[at + 2], ')');
export const hasMark = (tokens: Token[]) => tokens.some((_, at) => isMark(tokens, at));

const refuse = (reason: string) => new Refusal('outer join (+)', reason);

/** `a.id = b.id (+)` as LEFT JOINs: tables with a mark come after those without, each with its conditions */
export function outerJoins(tables: Placed[], where: Token[]): { from: Token[]; where: Token[] } {
  const conditions = conjuncts(where.slice(1)).map((tokens) => conditionOf(tokens, tables));
  const marked = new Map<Placed, typeof conditions>();
  for (const one of conditions) if (one.outer) marked.set(one.outer, [...(marked.get(one.outer) ?? []), one]);
  for (const [table, all] of marked)
    if (new Set(all.flatMap(({ names }) => names.filter((other) => other !== table))).size > 1)
      throw refuse('(+) applies once to a table: its conditions join it to one other table');
  const placed = tables.filter((table) => !marked.has(table));
  if (placed.length === 0) throw refuse('every table of FROM has (+): one of them must be without');
  let from = placed.flatMap(({ tokens }, at) => [...(at === 0 ? [] : [word('cross'), word('join')]), ...tokens]);
  const waiting = new Map(marked);
  while (waiting.size > 0) {
    const next = [...waiting].find(([table, all]) =>
      all.every(({ names }) => names.every((other) => other === table || placed.includes(other))),
    );
    if (!next) throw refuse('the (+) of two tables point at each other');
    const [table, all] = next;
    const on = all.flatMap(({ tokens }, at) => [word(at === 0 ? 'on' : 'and'), ...tokens]);
    from = [...from, word('left'), word('join'), ...table.tokens, ...on];
    placed.push(table);
    waiting.delete(table);
  }
  const rest = conditions.filter(({ outer }) => !outer);
  return { from, where: rest.flatMap(({ tokens }, at) => [word(at === 0 ? 'where' : 'and'), ...tokens]) };
}

/** between the ANDs of the outermost level; that of BETWEEN is none */
function conjuncts(tokens: Token[]): Token[][] {
  const groups: Token[][] = [[]];
  let depth = 0;
  let isBetween = false;
  for (const token of tokens) {
    if (isSign(token, '(')) depth++;
    if (isSign(token, ')')) depth--;
    if (depth === 0 && isWord(token, 'between')) isBetween = true;
    if (depth === 0 && isWord(token, 'or') && hasMark(tokens))
      throw refuse('Outer join operator (+) not allowed in operand of OR or IN: use LEFT JOIN');
    if (depth === 0 && isWord(token, 'and') && !isBetween) groups.push([]);
    else {
      if (depth === 0 && isWord(token, 'and')) isBetween = false;
      groups.at(-1)?.push(token);
    }
  }
  return groups;
}

function conditionOf(tokens: Token[], tables: Placed[]) {
  const kept: Token[] = [];
  let outer: Placed | undefined;
  if (hasMark(tokens) && tokens.some((token) => isWord(token, 'or', 'in')))
    throw refuse('Outer join operator (+) not allowed in operand of OR or IN: use LEFT JOIN');
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (isMark(tokens, at)) {
      const table = tableOf(tokens, at - 1, tables);
      if (!table) throw refuse(`(+) goes behind a column, got ${tokens[at - 1]?.text ?? 'nothing'}`);
      if (outer && outer !== table) throw refuse('a condition takes (+) at columns of one table only');
      outer = table;
      at += 2;
    } else if (token) kept.push(kept.length === 0 ? { ...token, space: true } : token);
  }
  const names = tokens.flatMap((_, at) => (isSign(tokens[at + 1], '.') ? [] : (tableOf(tokens, at, tables) ?? [])));
  return { tokens: kept, outer, names };
}

/** whose column the name at `at` is */
function tableOf(tokens: Token[], at: number, tables: Placed[]): Placed | undefined {
  const name = nameOf(tokens[at]);
  if (name === undefined || isSign(tokens[at + 1], '(') === !isMark(tokens, at + 1)) return undefined;
  const prefix = isSign(tokens[at - 1], '.') ? nameOf(tokens[at - 2]) : undefined;
  return tables.find(({ relation }) =>
    prefix === undefined ? relation.columns()?.includes(name) : relation.name === prefix,
  );
}

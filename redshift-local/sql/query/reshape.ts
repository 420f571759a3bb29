import { Refusal } from '../refusal.js';
import { closing, isSign, isWord, nameOf, splitCommas, type Token } from '../tokens.js';
import { relationOf, withFrom, type Shaped } from './from.js';
import { expression, navigation, pathName } from './expression.js';
import { callName, itemOf, outputName } from './output-name.js';
import { qualified } from './qualify.js';
import { readFrom } from './read-from.js';
import { inParentheses, isQuery, joined, readQuery, word, writeQuery, writeSelect, type Select } from './read-query.js';
import { columnsOf, inner, namesOf, quoted, type Catalog, type Relation, type Scope } from './scope.js';
import { expanded, groupByAll, inline, isStar, withAliases, withoutExcluded } from './select-list.js';

/** what PostgreSQL's grammar has not, in its words: the queries of a statement, from the inside out */
export function reshape(tokens: Token[], catalog: Catalog): Token[] {
  const scope: Scope = { catalog, relations: [], common: new Map() };
  const at = tokens.findIndex(
    (token, index) => startsQuery(tokens, index) && !isSign(tokens[index - 1], '(') && isWord(token, 'select', 'with'),
  );
  if (isWord(tokens[0], 'update', 'delete') || isWord(tokens[0], 'with')) return whole(tokens, scope);
  if (at < 0) return text(tokens, scope);
  const isInsert = isWord(tokens[0], 'insert');
  if (!isInsert && at > 0) return text(tokens, scope);
  return [...tokens.slice(0, at), ...spacedLike(tokens[at], query(tokens.slice(at), scope).tokens)];
}

const startsQuery = (tokens: Token[], at: number) => isQuery(tokens.slice(at, at + 2));
const spacedLike = (first: Token | undefined, tokens: Token[]) =>
  tokens.map((token, at) => (at === 0 ? { ...token, space: first?.space ?? true } : token));

function text(tokens: Token[], scope: Scope): Token[] {
  return expression(tokens, scope, query);
}

/** WITH before UPDATE or DELETE, and those two: the tables that they name are in scope */
function whole(tokens: Token[], scope: Scope): Token[] {
  if (isWord(tokens[0], 'with')) {
    const verb = tokens.findIndex(
      (token, at) => isWord(token, 'update', 'delete') && isSign(tokens[at - 1], ')') && depth(tokens, at) === 0,
    );
    return verb < 0 ? query(tokens, scope).tokens : text(tokens, scope);
  }
  return change(tokens, scope);
}

const depth = (tokens: Token[], end: number) =>
  tokens.slice(0, end).reduce((sum, token) => sum + Number(isSign(token, '(')) - Number(isSign(token, ')')), 0);

/** UPDATE t SET ... FROM ... WHERE, DELETE FROM t USING ... WHERE: names of tables stay, expressions see their columns */
function change(tokens: Token[], scope: Scope): Token[] {
  const isAt = (at: number, ...words: string[]) => isWord(tokens[at], ...words) && depth(tokens, at) === 0;
  const start = isWord(tokens[1], 'from') ? 2 : 1;
  const places = tokens.flatMap((_, at) => (at >= start && isAt(at, 'set', 'from', 'using', 'where') ? [at] : []));
  const parts = [start, ...places].map((at, index) => tokens.slice(at, places[index]));
  const isTables = (part: Token[], index: number) => index === 0 || isWord(part[0], 'from', 'using');
  const relations = parts.flatMap((part, index) => {
    if (!isTables(part, index)) return [];
    const { references } = readFrom(index === 0 ? part : part.slice(1));
    return references.flatMap((reference) => relationOf(reference, scope));
  });
  const inside = { ...scope, relations };
  return [
    ...tokens.slice(0, start),
    ...parts.flatMap((part, index) => (isTables(part, index) ? text(part, scope) : text(part, inside))),
  ];
}

function query(tokens: Token[], outer: Scope): Shaped {
  const scope: Scope = { ...outer, common: new Map(outer.common) };
  const read = readQuery(tokens);
  const common = read.with.map((one) => {
    const names = one.columns ? namesOf(one.columns) : undefined;
    const name = nameOf(one.name) ?? '';
    if (read.isRecursive) scope.common.set(name, () => names);
    if (read.isRecursive && one.query.some((token) => nameOf(token) === name))
      scope.recursive = new Set([...(scope.recursive ?? []), name]);
    if (!isQuery(one.query)) return { ...one, query: text(one.query, scope) };
    const done = query(one.query, scope);
    scope.common.set(name, () => names ?? done.columns());
    return { ...one, query: done.tokens };
  });
  const terms = read.terms.map((term): Shaped => {
    if ('select' in term) return select(term.select, scope);
    const done = query(term.group, scope);
    return { ...done, tokens: inParentheses(done.tokens) };
  });
  const done = { ...read, with: common, tail: text(read.tail, scope) };
  const written = writeQuery(
    done,
    terms.map((term) => term.tokens),
  );
  return { tokens: spacedLike(tokens[0], written), columns: terms[0]?.columns ?? (() => undefined) };
}

function select(given: Select, outer: Scope): Shaped {
  const scope = inner(outer);
  let chosen = withFrom(given, scope, query);
  const { relations } = scope;
  let items = withoutExcluded(chosen.items, relations);
  if (given.clauses.has('connect'))
    items = items.flatMap((item) => (isStar(item) ? (withoutLevel(expanded(item, relations)) ?? [item]) : [item]));
  for (const item of items) refuseRow(itemOf(item).value, relations);
  const { items: inlined, aliases } = withAliases(items, relations);
  items = inlined;
  chosen = { ...chosen, items, clauses: new Map(chosen.clauses) };
  const group = chosen.clauses.get('group') ?? [];
  if (isWord(group[2], 'all') && group.length === 3) {
    const keys = groupByAll(items, relations);
    if (keys) chosen.clauses.set('group', keys);
    else chosen.clauses.delete('group');
  }
  const where = chosen.clauses.get('where');
  if (where) chosen.clauses.set('where', [word('where'), ...testOf(inline(where.slice(1), aliases, relations))]);
  const condition = chosen.clauses.get('qualify');
  if (condition) requireAlias(given);
  const order = chosen.clauses.get('order');
  if (order && !condition) chosen.clauses.set('order', ordered(order, aliases, relations));
  const done = condition
    ? qualified(named(chosen, scope), condition.slice(1), aliases, relations)
    : named(chosen, scope);
  const columns = () => outputs(items, relations);
  return { tokens: writeSelect(condition ? inSubquery(done, scope) : expressions(done, scope)), columns };
}

/** the name of a table cannot be used as a value, unless a column has it too */
function refuseRow(value: Token[], relations: Relation[]): void {
  const [only] = value;
  const name = value.length === 1 && only?.kind !== 'string' ? nameOf(only) : undefined;
  if (name === undefined || !relations.some((one) => one.name === name && !one.isElement)) return;
  const columns = columnsOf(relations);
  if (columns && !columns.includes(name))
    throw new Refusal('whole row', `column "${name}" does not exist: a whole row cannot be used as a value`);
}

/** PostgreSQL takes an alias in ORDER BY where it is the whole of an item */
function ordered(order: Token[], aliases: Map<string, Token[]>, relations: Relation[]): Token[] {
  const items = splitCommas(order.slice(2)).map((item) =>
    item.length === 1 || isWord(item[1], 'asc', 'desc', 'nulls') ? item : inline(item, aliases, relations),
  );
  return [...order.slice(0, 2), ...joined(items)];
}

/** Redshift would take QUALIFY itself for the alias */
function requireAlias({ clauses }: Select): void {
  const from = clauses.get('from');
  if (!from) throw new Refusal('qualify', 'QUALIFY needs FROM');
  const names = [...clauses.keys()];
  if (names[names.indexOf('from') + 1] !== 'qualify') return;
  const last = readFrom(from.slice(1)).references.at(-1);
  if (last && !last.alias && last.on.length === 0)
    throw new Refusal(
      'qualify',
      'QUALIFY directly after FROM needs an alias of the table before it: FROM t AS t QUALIFY ...',
    );
}

/** the number of `WHERE 1` is a condition to Redshift */
function testOf(tokens: Token[]): Token[] {
  const [first, next] = tokens;
  if (first?.kind !== 'number' || (next && !isWord(next, 'and', 'or'))) return tokens;
  return [
    first,
    { kind: 'sign', text: '<', space: true },
    { kind: 'sign', text: '>', space: false },
    { kind: 'number', text: '0', space: true },
    ...tokens.slice(1),
  ];
}

const withoutLevel = (all: Token[][] | undefined) => all?.filter((column) => nameOf(column.at(-1)) !== 'level');

/** a path that became a call keeps the name of its last step, a call its own */
function named(chosen: Select, scope: Scope): Select {
  const items = chosen.items.map((item) => {
    const { value, alias } = itemOf(item);
    const bare = castless(value);
    const name = alias ? undefined : pathName(bare);
    if (name && navigation(bare, scope, query) !== bare) return [...item, word('as'), name];
    const call = alias ? undefined : callName(value);
    return call === undefined ? item : [...item, word('as'), quoted(call)];
  });
  return { ...chosen, items };
}

function castless(value: Token[]): Token[] {
  const at = value.findIndex((token) => isSign(token, '::'));
  return at < 0 ? value : value.slice(0, at);
}

function outputs(items: Token[][], relations: Relation[]): string[] | undefined {
  const all = items.map((item) => {
    if (isStar(item)) return expanded(item, relations)?.map((column) => nameOf(column.at(-1)) ?? '');
    const { value, alias } = itemOf(item);
    return [nameOf(alias) ?? outputName(value)];
  });
  return all.includes(undefined) ? undefined : all.flatMap((names) => names ?? []);
}

const expressions = ({ head, items, into, clauses }: Select, scope: Scope): Select => ({
  head,
  into,
  items: items.map((item) => text(item, scope)),
  clauses: new Map([...clauses].map(([name, tokens]) => [name, name === 'from' ? tokens : text(tokens, scope)])),
});

/** QUALIFY moved everything into a subquery of FROM, whose own FROM is done */
function inSubquery(done: Select, scope: Scope): Select {
  const from = done.clauses.get('from') ?? [];
  const close = closing(from, 1);
  const inside = readQuery(from.slice(2, close)).terms[0];
  if (!inside || !('select' in inside)) return done;
  const body = writeSelect(expressions(inside.select, scope));
  const clauses = new Map(done.clauses).set('from', [word('from'), ...inParentheses(body), ...from.slice(close + 1)]);
  return { ...done, clauses };
}

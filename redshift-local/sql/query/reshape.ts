import { Refusal } from '../refusal.js';
import { closing, isSign, isWord, type Token } from '../tokens.js';
import { hierarchy } from './connect-by.js';
import { expression, navigation, pathName } from './expression.js';
import { hasMark, outerJoins, type Placed } from './outer-join.js';
import { itemOf, outputName } from './output-name.js';
import { turned } from './pivot.js';
import { qualified } from './qualify.js';
import { readFrom, type Reference } from './read-from.js';
import { inParentheses, isQuery, readQuery, spaced, word, writeQuery, writeSelect, type Select } from './read-query.js';
import { columnsOf, inner, namesOf, nameOf, quoted, type Catalog, type Relation, type Scope } from './scope.js';
import { expanded, groupByAll, inline, isStar, withAliases, withoutExcluded } from './select-list.js';
import { isUnnest, unnest } from './unnest.js';

interface Shaped {
  tokens: Token[];
  /** names of the result's columns, where they are known */
  columns: () => string[] | undefined;
}

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

const reshapeQuery = (tokens: Token[], scope: Scope) => query(tokens, scope);

function text(tokens: Token[], scope: Scope): Token[] {
  return expression(tokens, scope, reshapeQuery);
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
  let chosen = withFrom(given, scope);
  const { relations } = scope;
  let items = withoutExcluded(chosen.items, relations);
  if (given.clauses.has('connect'))
    items = items.flatMap((item) => (isStar(item) ? (withoutLevel(expanded(item, relations)) ?? [item]) : [item]));
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
  if (condition && given.clauses.get('from') === undefined) throw new Refusal('qualify', 'QUALIFY needs FROM');
  const done = condition ? qualified(named(chosen, scope), condition.slice(1), aliases, relations) : named(chosen, scope);
  const columns = () => outputs(items, relations);
  return { tokens: writeSelect(condition ? inSubquery(done, scope) : expressions(done, scope)), columns };
}

/** the number of `WHERE 1` is a condition to Redshift */
function testOf(tokens: Token[]): Token[] {
  const [first, next] = tokens;
  if (first?.kind !== 'number' || (next && !isWord(next, 'and', 'or'))) return tokens;
  return [first, { kind: 'sign', text: '<', space: true }, { kind: 'sign', text: '>', space: false }, { kind: 'number', text: '0', space: true }, ...tokens.slice(1)];
}

const withoutLevel = (all: Token[][] | undefined) => all?.filter((column) => nameOf(column.at(-1)) !== 'level');

/** a path that became a call keeps the name of its last step */
function named(chosen: Select, scope: Scope): Select {
  const items = chosen.items.map((item) => {
    const { value, alias } = itemOf(item);
    const bare = castless(value);
    const name = alias ? undefined : pathName(bare);
    return name && navigation(bare, scope, reshapeQuery) !== bare ? [...item, word('as'), name] : item;
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

/** FROM in PostgreSQL's words; what it brings into scope is added to it */
function withFrom(given: Select, scope: Scope): Select {
  const from = given.clauses.get('from');
  if (!from) return given;
  const clauses = new Map(given.clauses);
  const { references, rest } = readFrom(from.slice(1));
  const placed: Placed[] = [];
  let tokens: Token[] = [];
  for (const reference of references) {
    const done = place(reference, scope);
    scope.relations.push(...done.relations);
    for (const relation of done.relations.slice(0, 1)) placed.push({ tokens: done.tokens, relation });
    tokens.push(...spaced(reference.link), ...spaced(done.tokens), ...spaced(text(reference.on, scope)));
  }
  const where = clauses.get('where');
  if (where && hasMark(where)) {
    if (references.some(({ link }) => link.some((token) => isWord(token, 'join'))))
      throw new Refusal('outer join (+)', '(+) does not go with JOIN in the same FROM');
    const joins = outerJoins(placed, where);
    tokens = joins.from.flatMap((token) => token);
    if (joins.where.length > 0) clauses.set('where', joins.where);
    else clauses.delete('where');
  }
  const connect = clauses.get('connect');
  if (connect) tokens = connected(tokens, references, scope, clauses);
  clauses.set('from', [word('from'), ...spaced(tokens), ...spaced(rest)]);
  return { ...given, clauses };
}

function connected(tokens: Token[], references: Reference[], scope: Scope, clauses: Select['clauses']): Token[] {
  const [relation] = scope.relations;
  if (references.length !== 1 || !relation)
    throw new Refusal(
      'connect by',
      'CONNECT BY over several tables is not honoured here: put the join into a subquery',
    );
  const connect = clauses.get('connect') ?? [];
  const start = clauses.get('start');
  clauses.delete('connect');
  clauses.delete('start');
  const tree = hierarchy(tokens, relation, start, connect);
  scope.relations.splice(0, 1, { ...relation, columns: () => relation.columns()?.concat('level') });
  return [...inParentheses(tree), word('as'), quoted(relation.name ?? 'rs_local_hierarchy')];
}

function relationOf(
  { source, kind, alias, columns: renamed, turn }: Reference,
  scope: Scope,
  inside?: () => string[] | undefined,
): Relation[] {
  const names = source.flatMap((token) => nameOf(token) ?? []);
  const own = kind === 'path' && turn.length === 0 ? names.at(-1) : undefined;
  const given = renamed.length > 0 ? namesOf(renamed) : [];
  const known = inside ?? (() => tableColumns(names, scope));
  const columns = () => {
    const all = known();
    return all && [...given, ...all.slice(given.length)];
  };
  const schema = alias ? undefined : names.length > 1 ? names.at(-2) : undefined;
  return [{ name: nameOf(alias) ?? own, schema, columns }];
}

function tableColumns(names: string[], { common, catalog }: Scope): string[] | undefined {
  const [first = '', second] = names;
  const query = second === undefined ? common.get(first) : undefined;
  if (query) return query();
  return catalog.columns(second === undefined ? { name: first } : { schema: first, name: second });
}

/** one table reference without its link and its ON */
function place(reference: Reference, scope: Scope): { tokens: Token[]; relations: Relation[] } {
  if (isUnnest(reference, scope)) {
    const { tokens, relation } = unnest(reference, scope, reshapeQuery, reference.link);
    return { tokens, relations: relation };
  }
  const { kind, alias, columns, turn } = reference;
  if (reference.at) throw new Refusal('super unnesting', 'AT goes with an array of SUPER in FROM');
  if (kind === 'join') return joinOf(reference, scope);
  const nested =
    kind === 'query' ? query(reference.source.slice(1, -1), { ...scope, relations: [], outer: scope }) : undefined;
  const source = nested
    ? inParentheses(nested.tokens)
    : kind === 'call'
      ? text(reference.source, scope)
      : reference.source;
  const [relation] = relationOf(reference, scope, nested?.columns);
  if (!relation) return { tokens: source, relations: [] };
  if (turn.length > 0) return turnedOf(reference, source, relation, scope, nested?.columns);
  // an alias is Redshift's to leave out, and PostgreSQL's too
  const behind = alias ? [word('as'), { ...alias, space: true }, ...columns] : [];
  return { tokens: [...source, ...behind], relations: [relation] };
}

function joinOf({ source, alias, columns }: Reference, scope: Scope): { tokens: Token[]; relations: Relation[] } {
  const inside = { ...scope, relations: [...scope.relations] };
  const tokens: Token[] = [];
  const { references, rest } = readFrom(source.slice(1, -1));
  for (const reference of references) {
    const done = place(reference, inside);
    inside.relations.push(...done.relations);
    tokens.push(...spaced(reference.link), ...spaced(done.tokens), ...spaced(text(reference.on, inside)));
  }
  const behind = alias ? [word('as'), alias, ...columns] : [];
  return { tokens: [...inParentheses([...tokens, ...rest]), ...behind], relations: inside.relations.slice(scope.relations.length) };
}

function turnedOf(
  { turn, alias, columns: renamed }: Reference,
  source: Token[],
  relation: Relation,
  scope: Scope,
  inside?: () => string[] | undefined,
) {
  const all = (inside ?? relation.columns)();
  const { query: body, columns } = turned(turn, { source, columns: all });
  const name = nameOf(alias);
  const tokens = [
    ...inParentheses(query(body, scope).tokens),
    word('as'),
    quoted(name ?? 'rs_local_turned'),
    ...renamed,
  ];
  return { tokens, relations: [{ name, columns: () => columns }] };
}

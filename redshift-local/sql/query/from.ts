import { Refusal } from '../refusal.js';
import { isWord, nameOf, type Token } from '../tokens.js';
import { hierarchy } from './connect-by.js';
import { expression } from './expression.js';
import { hasMark, outerJoins, type Placed } from './outer-join.js';
import { turned } from './pivot.js';
import { isUnnestCall, readFrom, type Reference } from './read-from.js';
import { inParentheses, spaced, word, type Select } from './read-query.js';
import { namesOf, quoted, type Relation, type Scope } from './scope.js';
import { isUnnest, unnest, unnestCall } from './unnest.js';

/** a query in PostgreSQL's words, and its columns */
export interface Shaped {
  tokens: Token[];
  /** names of the result's columns, where they are known */
  columns: () => string[] | undefined;
}
export type Shape = (tokens: Token[], scope: Scope) => Shaped;

/** FROM in PostgreSQL's words; what it brings into scope is added to it */
export function withFrom(given: Select, scope: Scope, shape: Shape): Select {
  const from = given.clauses.get('from');
  if (!from) return given;
  const clauses = new Map(given.clauses);
  const { references, rest } = readFrom(from.slice(1));
  const placed: Placed[] = [];
  let tokens: Token[] = [];
  for (const reference of references) {
    const done = place(reference, scope, shape);
    scope.relations.push(...done.relations);
    for (const relation of done.relations.slice(0, 1)) placed.push({ tokens: done.tokens, relation });
    tokens.push(...spaced(reference.link), ...spaced(done.tokens), ...spaced(expression(reference.on, scope, shape)));
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

/** what a reference brings into scope; `inside`: the columns of a subquery */
export function relationOf(
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
  const ofCommon = second === undefined ? common.get(first) : undefined;
  if (ofCommon) return ofCommon();
  return catalog.columns(second === undefined ? { name: first } : { schema: first, name: second });
}

/** one table reference without its link and its ON */
function place(reference: Reference, scope: Scope, shape: Shape): { tokens: Token[]; relations: Relation[] } {
  if (isUnnest(reference, scope)) {
    const { tokens, relation } = unnest(reference, scope, shape, reference.link);
    return { tokens, relations: relation };
  }
  if (isUnnestCall(reference)) return unnestCall(reference, scope, shape);
  const { kind, alias, columns, turn, source } = reference;
  if (reference.at) throw new Refusal('super unnesting', 'AT goes with an array of SUPER in FROM');
  const isRecursive = source.length === 1 && scope.recursive?.has(nameOf(source[0]) ?? '');
  if (turn.length > 0 && (kind === 'join' || isRecursive))
    throw new Refusal(
      isWord(turn[0], 'pivot') ? 'pivot' : 'unpivot',
      `${turn[0]?.text.toUpperCase()} applies to a table, a subquery or a CTE, not to a join or a recursive CTE`,
    );
  if (kind === 'join') return joinOf(reference, scope, shape);
  const nested =
    kind === 'query' ? shape(reference.source.slice(1, -1), { ...scope, relations: [], outer: scope }) : undefined;
  const table = nested
    ? inParentheses(nested.tokens)
    : kind === 'call'
      ? expression(reference.source, scope, shape)
      : reference.source;
  const [relation] = relationOf(reference, scope, nested?.columns);
  if (!relation) return { tokens: table, relations: [] };
  if (turn.length > 0) return turnedOf(reference, table, nested?.columns ?? relation.columns, scope, shape);
  // an alias is Redshift's to leave out, and PostgreSQL's too
  const behind = alias ? [word('as'), { ...alias, space: true }, ...columns] : [];
  return { tokens: [...table, ...behind], relations: [relation] };
}

function joinOf(
  { source, alias, columns }: Reference,
  scope: Scope,
  shape: Shape,
): { tokens: Token[]; relations: Relation[] } {
  const inside = { ...scope, relations: [...scope.relations] };
  const tokens: Token[] = [];
  const { references, rest } = readFrom(source.slice(1, -1));
  for (const reference of references) {
    const done = place(reference, inside, shape);
    inside.relations.push(...done.relations);
    tokens.push(...spaced(reference.link), ...spaced(done.tokens), ...spaced(expression(reference.on, inside, shape)));
  }
  const behind = alias ? [word('as'), alias, ...columns] : [];
  return {
    tokens: [...inParentheses([...tokens, ...rest]), ...behind],
    relations: inside.relations.slice(scope.relations.length),
  };
}

function turnedOf(
  { turn, turnedAlias, alias, columns: renamed }: Reference,
  source: Token[],
  of: () => string[] | undefined,
  scope: Scope,
  shape: Shape,
) {
  const { query, columns } = turned(turn, { source, alias: turnedAlias, columns: of() });
  const name = nameOf(alias);
  const tokens = [
    ...inParentheses(shape(query, scope).tokens),
    word('as'),
    quoted(name ?? 'rs_local_turned'),
    ...renamed,
  ];
  return { tokens, relations: [{ name, columns: () => columns }] };
}

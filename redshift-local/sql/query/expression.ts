import { isSign, isWord, nameOf, type Token } from '../tokens.js';
import { closingAny, isQuery } from './read-query.js';
import { pathEnd } from './read-from.js';
import { columnsOf, quoted, type Relation, type Scope } from './scope.js';

/** how subqueries are reshaped; handed in, since a query holds expressions and those hold queries */
export type Reshape = (tokens: Token[], scope: Scope) => { tokens: Token[] };

const sign = (text: string): Token => ({ kind: 'sign', text, space: false });
const isName = (token: Token | undefined) => token?.kind === 'word' || token?.kind === 'quoted';

/** subqueries reshaped, and navigation into SUPER as calls: `c.a.b[0]` -> step(step(c.a, 'b'), 0) */
export function expression(tokens: Token[], scope: Scope, reshape: Reshape): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    if (isSign(token, '(')) {
      const close = closingAny(tokens, at);
      const inside = tokens.slice(at + 1, close);
      out.push(
        token,
        ...(isQuery(inside) ? reshape(inside, scope).tokens : expression(inside, scope, reshape)),
        sign(')'),
      );
      at = close;
      continue;
    }
    const isStart = isName(token) && !isSign(tokens[at - 1], '.') && !isSign(tokens[at - 1], '::');
    const isArray = isWord(token, 'array') && isSign(tokens[at + 1], '[');
    const end = isStart && !isArray ? pathEnd(tokens, at) : at;
    if (end > at + 1 && !isSign(tokens[end], '(') && !isSign(tokens[end], '.')) {
      const value = navigation(tokens.slice(at, end), scope, reshape);
      out.push(...value);
      at = end - 1;
      if (value.length > end - at) {
        const list = inList(tokens, end);
        out.push(...list);
        at += list.length === 0 ? 0 : closingAny(tokens, end + Number(isWord(tokens[end], 'not')) + 1) - at;
      }
    } else
      out.push(
        isStart && end === at + 1 && isElementName(token, scope)
          ? { ...quoted(nameOf(token) ?? ''), space: token.space }
          : token,
      );
  }
  return out;
}

/** an element may go by a word that PostgreSQL reserves, as `array` */
const isElementName = (token: Token, scope: Scope) =>
  token.kind === 'word' && scope.relations.some(({ isElement, name }) => isElement && name === token.text);

/** `IN ('a', 'b')` behind a value of SUPER: PostgreSQL would read the texts as JSON */
function inList(tokens: Token[], at: number): Token[] {
  const open = at + Number(isWord(tokens[at], 'not')) + 1;
  if (!isWord(tokens[open - 1], 'in') || !isSign(tokens[open], '(')) return [];
  const list = tokens.slice(open + 1, closingAny(tokens, open));
  if (!list.every((token) => token.kind === 'string' || token.kind === 'number' || isSign(token, ','))) return [];
  const call: Token = { kind: 'word', text: 'rs_local_super', space: true };
  const values = list.flatMap((token) =>
    isSign(token, ',') ? [token] : [call, sign('('), { ...token, space: false }, sign(')')],
  );
  return [...tokens.slice(at, open + 1), ...values, sign(')')];
}

type Step = { name: Token } | { index: Token[] };

function stepsOf(path: Token[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < path.length; at++) {
    const token = path[at];
    if (!token || isSign(token, '.')) continue;
    if (isSign(token, '[')) {
      const close = closingAny(path, at);
      steps.push({ index: path.slice(at + 1, close) });
      at = close;
    } else steps.push({ name: token });
  }
  return steps;
}

/** a path as PostgreSQL takes it: a column, or steps into a SUPER value */
export function navigation(path: Token[], scope: Scope, reshape: Reshape): Token[] {
  const steps = stepsOf(path);
  const size = baseSize(steps, scope);
  if (size >= steps.length && !isElement(steps, scope)) return path;
  const space = path[0]?.space ?? true;
  const names = steps.slice(0, size).flatMap((step) => ('name' in step ? [{ ...step.name, space: false }] : []));
  let value = names.flatMap((name, at) => (at === 0 ? [name] : [sign('.'), name]));
  for (const step of steps.slice(size)) {
    const argument: Token[] =
      'name' in step
        ? [
            {
              kind: 'string',
              text: `'${attribute(step.name, scope).replaceAll("'", "''").replaceAll('\\', '\\\\')}'`,
              space: true,
            },
          ]
        : expression(step.index, scope, reshape);
    value = [
      { kind: 'word', text: 'rs_local_step', space: false },
      sign('('),
      ...value,
      sign(','),
      ...argument,
      sign(')'),
    ];
  }
  return value.map((token, at) => (at === 0 ? { ...token, space } : token));
}

const isElement = (steps: Step[], scope: Scope) => steps.length > 1 && found(steps, scope)?.isElement;

/** names fold to lower case unless the session says otherwise */
function attribute(name: Token, { catalog }: Scope): string {
  const { written } = name;
  if (written === undefined) return nameOf(name) ?? '';
  const setting = catalog.setting('enable_case_sensitive_super_attribute');
  return setting ? (nameOf({ ...name, text: written }) ?? '') : (nameOf(name) ?? '');
}

function found(steps: Step[], scope: Scope | undefined) {
  const [first, second] = steps.map((step) => ('name' in step ? nameOf(step.name) : undefined));
  for (let at = scope; at; at = at.outer) {
    const one =
      at.relations.find(({ name, schema }) => schema !== undefined && schema === first && name === second) ??
      at.relations.find(({ name }) => name === first);
    if (one) return one;
  }
  return undefined;
}

/** how many steps name the column itself */
function baseSize(steps: Step[], scope: Scope): number {
  const named = steps.findIndex((step) => 'index' in step);
  const names = named < 0 ? steps.length : named;
  const first = steps[0] && 'name' in steps[0] ? nameOf(steps[0].name) : undefined;
  const relation = found(steps, scope);
  if (relation?.isElement) return 1;
  if (relation) return Math.min(isQualified(relation, steps) || relation.name !== first ? 3 : 2, names);
  // no table goes by that name: a column does, unless it is known that none does
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const columns = columnsOf(at.relations);
    if (at.relations.length > 0 && (columns === undefined || columns.includes(first ?? ''))) return 1;
  }
  return named > 0 ? 1 : steps.length;
}

/** a schema and a table of it, also where both have one name */
function isQualified({ schema, name }: Relation, steps: Step[]): boolean {
  const [first, second] = steps.map((step) => ('name' in step ? nameOf(step.name) : undefined));
  return schema !== undefined && schema === first && name === second;
}

/** the last name of a path, which its column goes by */
export function pathName(value: Token[]): Token | undefined {
  if (!isName(value[0]) || isWord(value[0], 'null', 'true', 'false') || pathEnd(value, 0) < value.length)
    return undefined;
  const name = nameOf(value.findLast((token) => isName(token)));
  return name === undefined ? undefined : quoted(name);
}

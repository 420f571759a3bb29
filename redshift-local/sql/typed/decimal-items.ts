import { text, tree, trees, type Tree } from '../check-tree.js';
import { fieldsOf } from '../checks/walk.js';
import type { Catalog } from '../query/scope.js';
import { closing, isSign, isWord, splitCommas, type Token } from '../tokens.js';
import { digitsOf, isOfTable, sightOf, type Sight } from './infer.js';
import type { Digits } from './decimal.js';
import { typedParts } from './set-operations.js';

const ends = ['from', 'where', 'group', 'having', 'order', 'limit', 'offset', 'into'];

/** a computed decimal of the select list has the digits that Redshift gives it, where PostgreSQL gives none */
export function typedDecimals(tokens: Token[], select: Tree, catalog: Catalog): Token[] {
  if (select['op'] !== 'SETOP_NONE') return typedParts(tokens, select, catalog, selectList, cast);
  if (ordersByExpression(select)) return tokens;
  const targets = trees(select['targetList']).map((item) => tree(item['ResTarget']));
  if (!targets.some(({ val }) => mayBeDecimal(tree(val)))) return tokens;
  const [start, end] = selectList(tokens);
  const items = splitCommas(tokens.slice(start, end));
  if (start === 0 || items.length !== targets.length) return tokens;
  const sight = sightOf(select, { relations: [], common: new Map() }, catalog);
  const typed = items.map((item, at) => {
    const target = targets[at] ?? {};
    const digits = wanted(tree(target['val']), sight);
    return digits ? cast(item, target, digits) : item;
  });
  const comma: Token = { kind: 'sign', text: ',', space: false };
  return [
    ...tokens.slice(0, start),
    ...typed.flatMap((item, at) => (at === 0 ? item : [comma, ...item])),
    ...tokens.slice(end),
  ];
}

/** PostgreSQL orders DISTINCT rows by what is in the select list only, as it is written */
const ordersByExpression = (select: Tree) =>
  select['distinctClause'] !== undefined &&
  trees(select['sortClause']).some((item) => {
    const node = tree(tree(item['SortBy'])['node']);
    return !('ColumnRef' in node || 'A_Const' in node);
  });

/** where the select list of the outermost query begins and ends; zero where there is none that is plain */
function selectList(tokens: Token[]): [start: number, end: number] {
  let depth = 0;
  let start = 0;
  const around = parentheses(tokens);
  const last = tokens.length - around;
  for (let at = around; at < last; at++) {
    const token = tokens[at];
    if (isSign(token, '(') || isSign(token, '[')) depth++;
    if (isSign(token, ')') || isSign(token, ']')) depth--;
    if (depth > 0) continue;
    if (start === 0 && isWord(token, 'select')) start = isWord(tokens[at + 1], 'distinct', 'all') ? at + 2 : at + 1;
    else if (start > 0 && isWord(token, ...ends) && !isSign(tokens[at - 1], '.') && !isWord(tokens[at - 1], 'as'))
      return [start, at];
  }
  return [start, last];
}

/** how many pairs of them are around the whole, as dbt writes it */
function parentheses(tokens: Token[]): number {
  let open = 0;
  while (isSign(tokens[open], '(') && closing(tokens, open) === tokens.length - 1 - open) open++;
  return open;
}

const kinds = ['A_Expr', 'FuncCall', 'CoalesceExpr', 'MinMaxExpr', 'CaseExpr', 'ColumnRef'];
const mayBeDecimal = (value: Tree) =>
  kinds.some((kind) => kind in value) || tree(tree(value['A_Const'])['fval'])['fval'] !== undefined;

function wanted(value: Tree, sight: Sight): Digits | undefined {
  // a column of a table has its type, and is known by its table
  const column = fieldsOf(tree(value['ColumnRef']));
  if (!mayBeDecimal(value) || (column.length > 0 && isOfTable(column, sight))) return undefined;
  const digits = digitsOf(value, sight);
  return digits?.isWhole ? undefined : digits;
}

/** what PostgreSQL calls a column without an alias, as far as a cast would change it */
const nameless: Record<string, string> = { A_Expr: '?column?', A_Const: '?column?', CaseExpr: 'case' };

function cast(item: Token[], target: Tree, { precision, scale }: Digits): Token[] {
  const hasAlias = text(target['name']) !== '';
  const alias = hasAlias ? (isWord(item.at(-2), 'as') && item.length > 2 ? -2 : -1) : item.length;
  const [first, ...rest] = item.slice(0, alias);
  const name = nameless[Object.keys(tree(target['val']))[0] ?? ''];
  const as: Token[] =
    hasAlias || name === undefined
      ? item.slice(alias)
      : [
          { kind: 'word', text: 'as', space: true },
          { kind: 'quoted', text: `"${name}"`, space: true },
        ];
  return [
    { kind: 'sign', text: '(', space: true },
    ...(first ? [{ ...first, space: false }, ...rest] : []),
    { kind: 'sign', text: ')', space: false },
    { kind: 'sign', text: '::', space: false },
    { kind: 'word', text: `numeric(${precision}, ${scale})`, space: false },
    ...as,
  ];
}

import { tree, trees, type Tree } from '../check-tree.js';
import { fieldsOf } from '../checks/walk.js';
import type { Catalog } from '../query/scope.js';
import { joinCommas, splitCommas, type Token } from '../tokens.js';
import { digitsOf, isOfTable, sightOf, type Sight } from './infer.js';
import type { Digits } from './decimal.js';
import { cast, selectList } from './select-list.js';
import { typedParts } from './set-operations.js';

/** a computed decimal of the select list has the digits that Redshift gives it, where PostgreSQL gives none */
export function typedDecimals(tokens: Token[], select: Tree, catalog: Catalog): Token[] {
  if (select['op'] !== 'SETOP_NONE') return typedParts(tokens, select, catalog);
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
  return [...tokens.slice(0, start), ...joinCommas(typed), ...tokens.slice(end)];
}

/** PostgreSQL orders DISTINCT rows by what is in the select list only, as it is written */
const ordersByExpression = (select: Tree) =>
  select['distinctClause'] !== undefined &&
  trees(select['sortClause']).some((item) => {
    const node = tree(tree(item['SortBy'])['node']);
    return !('ColumnRef' in node || 'A_Const' in node);
  });

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

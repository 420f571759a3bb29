import { nameOf, tree, trees, type Tree } from '../check-tree.js';
import { Refusal } from '../refusal.js';
import { fieldsOf, isTree, nodesOf, shape } from './walk.js';

/** what PostgreSQL's grammar takes of a query and Redshift does not */
interface Shape {
  rule: string;
  reason: string;
  kind: string;
  fits: (node: Tree) => boolean;
}

const isSetOperation = (node: Tree) => node['op'] !== undefined && node['op'] !== 'SETOP_NONE';
const arms = (node: Tree) => (isSetOperation(node) ? [tree(node['larg']), tree(node['rarg'])] : []);
const isBounded = (node: Tree) => node['limitCount'] !== undefined || node['limitOffset'] !== undefined;

/** what is asked once a statement is written as a subquery here, and is none to the user */
function isOwn(link: Tree): boolean {
  const { fromClause, targetList } = tree(tree(link['subselect'])['SelectStmt']);
  const call = tree(tree(tree(trees(targetList)[0]?.['ResTarget'])['val'])['FuncCall']);
  return fromClause === undefined && nameOf(call['funcname']).last === 'getdate';
}

/** CONNECT BY becomes one here, which the user has not written */
function isRecursive(query: unknown): boolean {
  const { recursive, ctes } = tree(tree(tree(query)['SelectStmt'])['withClause']);
  const names = trees(ctes).map((item) => String(tree(item['CommonTableExpr'])['ctename']));
  return recursive === true && names.some((name) => !name.startsWith('rs_local'));
}

const isSubquery = (key: string) => key === 'SubLink' || key === 'RangeSubselect' || key === 'CommonTableExpr';
/** a test in CASE WHEN is a predicate */
const isPredicate = (key: string) => key === 'CaseWhen' || isSubquery(key);

const groupingItems = (node: Tree) => trees(node['groupClause']).flatMap((item) => nodesOf(item, 'GroupingSet'));

const duplicateNames = (columns: string[]) => new Set(columns).size < columns.length;

/** grouping columns of one GROUPING SET, ROLLUP or CUBE */
const columnsOf = (set: Tree) => nodesOf(set['content'], 'ColumnRef').map((column) => fieldsOf(column).join('.'));

const outerJoin = (node: Tree) =>
  nodesOf(node, 'JoinExpr', isSubquery).some((join) => join['jointype'] !== 'JOIN_INNER');

const isStar = (value: unknown) => fieldsOf(tree(tree(value)['ColumnRef'])).at(-1) === '*';

const shapes: Shape[] = [
  {
    rule: 'function substring',
    reason: 'SUBSTRING takes a position: use REGEXP_SUBSTR for a pattern',
    kind: 'FuncCall',
    fits: ({ funcname, args }) =>
      nameOf(funcname).last === 'substring' && tree(tree(trees(args)[1])['A_Const'])['sval'] !== undefined,
  },
  {
    rule: 'whole row',
    reason: 'a whole row cannot be used as a value: name a column',
    kind: 'FuncCall',
    fits: ({ args }) => trees(args).some(isStar),
  },
  ...['TypeCast', 'NullTest'].map((kind) => ({
    rule: 'whole row',
    reason: 'a whole row cannot be used as a value: name a column',
    kind,
    fits: ({ arg }: Tree) => isStar(arg),
  })),
  {
    rule: 'cast',
    reason: 'TIMESTAMP and TIME take no precision: use DATE_TRUNC',
    kind: 'TypeCast',
    fits: ({ typeName }) =>
      /^time(stamp)?(tz)?$/.test(nameOf(tree(typeName)['names']).last) && tree(typeName)['typmods'] !== undefined,
  },
  {
    rule: 'aggregate distinct',
    reason: 'MEDIAN, PERCENTILE_CONT and PERCENTILE_DISC take no DISTINCT: read from a subquery with DISTINCT',
    kind: 'FuncCall',
    fits: ({ funcname, agg_distinct }) =>
      agg_distinct === true && /^(median|percentile_(cont|disc))$/.test(nameOf(funcname).last),
  },
  {
    rule: 'super join',
    reason: 'SUPER and its aliases cannot be used in right joins or full outer joins',
    kind: 'JoinExpr',
    fits: ({ jointype, quals }) =>
      (jointype === 'JOIN_RIGHT' || jointype === 'JOIN_FULL') &&
      nodesOf({ quals }, 'FuncCall').some(({ funcname }) => nameOf(funcname).last === 'rs_local_step'),
  },
  {
    rule: 'any or all',
    reason:
      'ANY and SOME take = only, ALL takes <> only: other comparisons with a subquery are not supported, use MIN or MAX in it',
    kind: 'SubLink',
    fits: ({ subLinkType, operName }) =>
      (subLinkType === 'ANY_SUBLINK' && operName !== undefined && nameOf(operName).last !== '=') ||
      (subLinkType === 'ALL_SUBLINK' && nameOf(operName).last !== '<>'),
  },
  {
    rule: 'subquery in group by',
    reason: 'a scalar subquery is not valid in GROUP BY: join it, or group a query around it',
    kind: 'SelectStmt',
    fits: ({ groupClause }) =>
      nodesOf([groupClause], 'SubLink', isSubquery).some(
        (link) => link['subLinkType'] === 'EXPR_SUBLINK' && !isOwn(link),
      ),
  },
  {
    rule: 'set operation all',
    reason: 'Redshift has no INTERSECT ALL, EXCEPT ALL or MINUS ALL: only UNION keeps duplicates',
    kind: 'SelectStmt',
    fits: (node) => ['SETOP_INTERSECT', 'SETOP_EXCEPT'].includes(String(node['op'])) && node['all'] === true,
  },
  {
    rule: 'limit in a set operation',
    reason: 'LIMIT may not be used within input to set operations: put that SELECT into a subquery of FROM',
    kind: 'SelectStmt',
    fits: (node) => arms(node).some(isBounded),
  },
  {
    rule: 'is in the select list',
    reason: 'IS TRUE, IS FALSE and IS UNKNOWN are not implemented in the select list: compare with =, or use CASE',
    kind: 'SelectStmt',
    fits: ({ targetList }) => nodesOf(targetList, 'BooleanTest', isPredicate).length > 0,
  },
  {
    rule: 'grouping sets',
    reason: 'GROUPING SETS, ROLLUP and CUBE take no constants as grouping columns',
    kind: 'SelectStmt',
    fits: (node) => groupingItems(node).some((set) => trees(set['content']).some((item) => 'A_Const' in item)),
  },
  {
    rule: 'grouping sets',
    reason: 'a grouping set contains a column once',
    kind: 'SelectStmt',
    fits: (node) =>
      groupingItems(node).some((set) => set['kind'] !== 'GROUPING_SET_SETS' && duplicateNames(columnsOf(set))),
  },
  {
    rule: 'subquery in values',
    reason: 'a subquery is not supported as an expression of INSERT with several rows of VALUES: use INSERT ... SELECT',
    kind: 'InsertStmt',
    fits: (node) => {
      const rows = trees(tree(tree(node['selectStmt'])['SelectStmt'])['valuesLists']);
      return rows.length > 1 && nodesOf(rows, 'SubLink').some((link) => !isOwn(link));
    },
  },
  {
    rule: 'outer join in update',
    reason:
      'Target table must be part of an equijoin predicate: LEFT, RIGHT and FULL joins are not supported in the FROM of UPDATE; use a subquery in WHERE',
    kind: 'UpdateStmt',
    fits: (node) => outerJoin({ from: node['fromClause'] }),
  },
  {
    rule: 'recursive with',
    reason: 'WITH RECURSIVE is not supported in a subquery: put it before the whole statement',
    kind: 'SubLink',
    fits: (node) => isRecursive(node['subselect']),
  },
  {
    rule: 'recursive with',
    reason: 'WITH RECURSIVE is not supported in a subquery: put it before the whole statement',
    kind: 'RangeSubselect',
    fits: (node) => isRecursive(node['subquery']),
  },
  {
    rule: 'recursive with',
    reason: 'the recursive part of WITH RECURSIVE takes no ORDER BY or LIMIT',
    kind: 'WithClause',
    fits: (node) =>
      node['recursive'] === true &&
      trees(node['ctes']).some((item) => {
        const query = tree(tree(tree(item['CommonTableExpr'])['ctequery'])['SelectStmt']);
        return isSetOperation(query) && (isBounded(query) || query['sortClause'] !== undefined);
      }),
  },
  {
    rule: 'order of sorting aggregates',
    reason:
      'within group ORDER BY clauses for aggregate functions must be the same: LISTAGG, PERCENTILE_CONT and MEDIAN of one SELECT sort by the same values (MEDIAN by its argument)',
    kind: 'SelectStmt',
    fits: (node) => sortings(node).size > 1,
  },
];

const sorting = new Set(['string_agg', 'rs_local_collect', 'percentile_cont', 'median']);

/** what the sorting aggregates of one SELECT sort by */
function sortings(node: Tree): Set<string> {
  const calls = ['targetList', 'havingClause', 'sortClause'].flatMap((field) =>
    nodesOf(node[field], 'FuncCall', isSubquery),
  );
  return new Set<string>(
    calls.flatMap((call) => {
      const { last } = nameOf(call['funcname']);
      if (call['over'] || !sorting.has(last)) return [];
      if (last === 'median') return [shape([ascending(trees(call['args'])[0])])];
      const order = trees(call['agg_order']).map((item) => tree(item['SortBy']));
      return order.length > 0 ? [shape(order)] : [];
    }),
  );
}

const ascending = (node: unknown) => ({ node, sortby_dir: 'SORTBY_DEFAULT', sortby_nulls: 'SORTBY_NULLS_DEFAULT' });

/** every node of a checked tree against the shapes of its kind */
export function checkShapes(kind: string, node: Tree): void {
  for (const { rule, reason, fits } of shapes.filter((one) => one.kind === kind))
    if (fits(node)) throw new Refusal(rule, reason);
  walk(node);
}

function walk(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) walk(item);
  if (!isTree(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (!isTree(child)) walk(child);
    // fields that hold a node without naming its kind
    else if (/^[lr]arg$/.test(key) && 'op' in child) checkShapes('SelectStmt', child);
    else if (key === 'withClause') checkShapes('WithClause', child);
    else checkShapes(key, child);
  }
}

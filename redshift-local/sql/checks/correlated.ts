import { nameOf, text, tree, trees, type Tree } from '../check-tree.js';
import { literal } from '../literal.js';
import { Refusal } from '../refusal.js';
import { blockOf, partsOf, type Block, type Parts, type Subquery } from './blocks.js';
import { fieldsOf, nodesOf } from './walk.js';

const rule = 'correlated subquery';

/** how many blocks out the table lies that a column names; 0 where it is the block's own, or none is named */
function depthOf(column: string[], block: Block): number {
  const qualifiers = column.slice(0, -1);
  if (qualifiers.length === 0) return 0;
  let depth = 0;
  for (let at: Block | undefined = block; at; at = at.outer) {
    if (qualifiers.some((name) => at?.names.has(name))) return depth;
    depth++;
  }
  return 0;
}

interface Walked extends Subquery {
  parts: Parts;
  inner: Walked[];
}

function walkBlock(block: Block, common: Set<string>): { parts: Parts; inner: Walked[] } {
  const parts = partsOf(block, common);
  return { parts, inner: parts.subqueries.map((found) => ({ ...found, ...walkBlock(found.block, common) })) };
}

/** a column of it, or of a subquery in it, is of a block outside */
function isCorrelated({ block, parts, inner }: Walked, level = 1): boolean {
  const isArm = (clause: string) => /^[lr]arg$/.test(clause);
  return (
    parts.columns.some((column) => depthOf(column, block) >= level) ||
    inner.some((found) => isCorrelated(found, isArm(found.clause) ? level : level + 1))
  );
}

const aggregates = new Set(
  'count sum avg any_value stddev stddev_samp stddev_pop variance var_samp var_pop bool_and bool_or bit_and bit_or string_agg rs_local_collect median percentile_cont percentile_disc'.split(
    ' ',
  ),
);
const isAggregate = (call: Tree) => !call['over'] && aggregates.has(nameOf(call['funcname']).last);
const isIn = (link: Tree | undefined) =>
  link?.['subLinkType'] === 'ANY_SUBLINK' || link?.['subLinkType'] === 'ALL_SUBLINK';

const isSubquery = (key: string) => key === 'SubLink' || key === 'RangeSubselect';

/** its FROM unnests SUPER of a query outside */
function unnestsOuter({ block }: Walked): boolean {
  const functions = nodesOf(block.node['fromClause'], 'RangeFunction', isSubquery);
  return functions.some((one) => nodesOf(one, 'ColumnRef').some((column) => depthOf(fieldsOf(column), block) > 0));
}

const isVolatile = (call: Tree) => /^(random|timeofday)$/.test(nameOf(call['funcname']).last);

interface Pattern {
  reason: string;
  fits: (subquery: Walked) => boolean;
}

/** AWS's list of correlated subqueries that cannot be decorrelated; the first that fits is named */
const patterns: Pattern[] = [
  {
    reason: 'a correlated subquery in the ON clause of an outer join is not supported: join it first, or use WHERE',
    fits: ({ link, clause }) => link !== undefined && clause === 'outerJoin',
  },
  {
    reason: 'a correlated subquery with a window function is not supported: compute the window in a subquery of FROM',
    fits: ({ link, parts }) => link !== undefined && parts.calls.some((call) => call['over'] !== undefined),
  },
  {
    reason:
      'a correlated subquery of IN with an aggregate function and GROUP BY is not supported (MIN and MAX are): use a join',
    fits: ({ link, block, parts }) =>
      isIn(link) && trees(block.node['groupClause']).length > 0 && parts.calls.some(isAggregate),
  },
  {
    reason:
      'a subquery that unnests SUPER of the query around it refers to no other table: join that table outside of the subquery',
    fits: (found) => {
      const from = found.block.node['fromClause'];
      const isBeside = ['RangeVar', 'RangeSubselect'].some((kind) => nodesOf(from, kind).length > 0);
      return isBeside && unnestsOuter(found);
    },
  },
  {
    reason:
      'RANDOM and TIMEOFDAY are not supported in a subquery that unnests SUPER of the query around it, or beside IN',
    fits: (found) =>
      [...found.parts.calls, ...nodesOf(found.link?.['testexpr'], 'FuncCall')].some(isVolatile) && unnestsOuter(found),
  },
];

/** of the catalog alone there is one that does not work; all others run on the leader node */
const ofCatalog: Pattern[] = [
  {
    reason: 'a correlated NOT IN or ALL over a system table is not supported: it depends on nulls',
    fits: ({ link, isNegated, block }) =>
      (isNegated || link?.['subLinkType'] === 'ALL_SUBLINK') && (block.relations ?? []).some(isSystem),
  },
];

const isSystem = (relation: string) => /^("pg_catalog"\.)?"(pg|stv|stl|svv|svl|sys|rs_local)_/.test(relation);

/** refuses what is plain to see; gives the statements that look for columns without a table's name in the catalog */
export function checkCorrelated(node: Tree, isCatalogOnly: boolean): string[] {
  const common = new Set<string>();
  const top = blockOf(node, undefined, common);
  const guards: string[] = [];
  const visit = (block: Block, { parts, inner }: { parts: Parts; inner: Walked[] }) => {
    if (!isCatalogOnly) guards.push(...rowGuard(block, parts));
    if (!isCatalogOnly && parts.columns.some((column) => depthOf(column, block) > 1))
      throw new Refusal(
        rule,
        'a column of a query two levels out is not supported in a subquery: a correlation reference skips no query block',
      );
    for (const found of inner) {
      if (!isCatalogOnly && isGrouped(block, found) && isCorrelated(found))
        throw new Refusal(
          rule,
          'GROUP BY of the result of a correlated subquery is not supported: group in a subquery',
        );
      const pattern = [...ofCatalog, ...(isCatalogOnly ? [] : patterns)].find(({ fits }) => fits(found));
      if (pattern && isCorrelated(found)) throw new Refusal(rule, pattern.reason);
      if (pattern) guards.push(...guardOf(found, pattern.reason));
      visit(found.block, found);
    }
  };
  visit(top, walkBlock(top, common));
  return guards;
}

/** a table's name without a column is its whole row, unless a column has that name */
function rowGuard(block: Block, parts: Parts): string[] {
  const names = [...new Set(bareNames(block, parts).filter((name) => block.names.has(name)))];
  const relations: string[] = [];
  for (let at: Block | undefined = block; at; at = at.outer) {
    if (!at.relations) return [];
    relations.push(...at.relations);
  }
  const reason = `column "${names[0]}" does not exist: a whole row cannot be used as a value`;
  return namesGuard(names, relations, new Refusal('whole row', reason));
}

/** a column without a table's name may be of the query outside: the catalog knows */
const guardOf = ({ block, parts }: Walked, reason: string) =>
  namesGuard(bareNames(block, parts), block.relations ?? [], new Refusal(rule, reason));

/** names of columns that say no table, and are no alias of the block */
function bareNames({ node }: Block, { columns }: Parts): string[] {
  const own = new Set(trees(node['targetList']).map((target) => text(tree(target['ResTarget'])['name'])));
  return columns.flatMap((column) =>
    column.length === 1 && column[0] !== undefined && column[0] !== '*' && !own.has(column[0]) ? [column[0]] : [],
  );
}

function namesGuard(names: string[], relations: string[], refusal: Refusal): string[] {
  if (relations.length === 0 || names.length === 0) return [];
  const list = (values: string[]) => `array[${values.map(literal).join(', ')}]::text[]`;
  return [
    `select redshift_catalog.rs_local_refuse_outer(${literal(refusal.message)}, ${list(names)}, ${list(relations)})`,
  ];
}

/** the select list's subquery is named by GROUP BY, by its place, its alias, or itself */
function isGrouped({ node }: Block, { link, clause }: Walked): boolean {
  if (!link) return false;
  if (clause === 'groupClause') return true;
  if (clause !== 'targetList') return false;
  const targets = trees(node['targetList']).map((target) => tree(target['ResTarget']));
  const at = targets.findIndex((target) => JSON.stringify(target).includes(JSON.stringify(link)));
  const name = text(targets[at]?.['name']);
  return trees(node['groupClause']).some((item) => {
    const [only, ...more] = fieldsOf(tree(item['ColumnRef']));
    const place = Number(tree(tree(item['A_Const'])['ival'])['ival']);
    return place === at + 1 || (only !== undefined && more.length === 0 && only === name && name !== '');
  });
}

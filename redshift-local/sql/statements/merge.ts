import { emit } from '../rewrite-text.js';
import { isWord } from '../tokens.js';
import { parseTable } from '../types.js';
import { setsColumns } from './update.js';
import { literal, refuseIf, type Plan, type Statement } from '../plan.js';
import { tree, trees, text, nameOf, type Tree } from '../check-tree.js';
import { fieldsOf, nodesOf } from '../checks/walk.js';
import { viaTree } from '../via-tree.js';

const unmatched =
  'MERGE matches by equal columns, joined by AND; each condition beside them is on columns of one table, without a subquery';
const quoted = (node: Tree) =>
  ['schemaname', 'relname']
    .flatMap((part) => (node[part] === undefined ? [] : [`"${text(node[part]).replaceAll('"', '""')}"`]))
    .join('.');

/** matching rows of the target go, every row of the source comes, once */
export function mergeRemovingDuplicates(statement: Statement): Plan {
  const { tokens } = statement;
  const at = tokens.findIndex((token) => isWord(token, 'on'));
  const { name: target, end } = parseTable(tokens, 2);
  const { name: source, end: after } = parseTable(tokens, end + 1);
  refuseIf(
    !isWord(tokens[end], 'using'),
    'merge',
    'syntax error: MERGE INTO t USING s ON ... is expected, no alias of t',
  );
  refuseIf(
    at !== after,
    'merge remove duplicates',
    'REMOVE DUPLICATES takes no alias: target and source have the same columns in the same order',
  );
  refuseIf(source === target, 'merge', 'source and target of MERGE are the same table');
  const condition = tokens.slice(after + 1, -2);
  const head = emit(`delete from ${target} using ${source} where`, false);
  const gone = viaTree({ ...statement, tokens: [...head, ...condition] }, 'DeleteStmt', (node) =>
    refuseIf(!matches(tree(node['whereClause'])), 'merge', unmatched),
  );
  return {
    sql: `with gone as (${gone.sql}) insert into ${target} select distinct * from ${source}`,
    values: gone.values,
    kind: 'write',
    before: [target, source].map((table) => `select redshift_catalog.rs_local_require_table(${literal(table)})`),
  };
}

export function merge(statement: Statement): Plan {
  let tables: string[] = [];
  const done = viaTree(statement, 'MergeStmt', (node) => {
    const target = tree(node['relation']);
    const source = tree(node['sourceRelation'])['RangeVar'];
    refuseIf(
      statement.tokens.some((token, at) => isWord(token, 'matched') && isWord(statement.tokens[at + 1], 'by')),
      'merge',
      'syntax error at or near "by": Redshift has WHEN MATCHED and WHEN NOT MATCHED alone',
    );
    refuseIf(node['withClause'], 'merge', 'Redshift has no WITH before MERGE');
    refuseIf(target['alias'], 'merge', 'Redshift allows no alias of the target of MERGE');
    refuseIf(!source, 'merge', 'the source of MERGE is a table, no subquery or view');
    tables = [quoted(target), quoted(tree(source))];
    refuseIf(tables[0] === tables[1], 'merge', 'source and target of MERGE are the same table');
    refuseIf(!matches(tree(node['joinCondition'])), 'merge', unmatched);
    const clauses = trees(node['mergeWhenClauses']).map((clause) => tree(clause['MergeWhenClause']));
    const [matched, missing] = clauses;
    const isRight =
      clauses.length === 2 &&
      matched?.['matchKind'] === 'MERGE_WHEN_MATCHED' &&
      ['CMD_UPDATE', 'CMD_DELETE'].includes(String(matched['commandType'])) &&
      missing?.['matchKind'] === 'MERGE_WHEN_NOT_MATCHED_BY_TARGET' &&
      missing['commandType'] === 'CMD_INSERT';
    refuseIf(
      !isRight,
      'merge',
      'MERGE takes exactly WHEN MATCHED THEN UPDATE or DELETE, then WHEN NOT MATCHED THEN INSERT',
    );
    refuseIf(
      clauses.some((clause) => clause['condition']),
      'merge',
      'Redshift has no WHEN ... AND condition',
    );
    refuseIf(!missing?.['values'], 'merge', 'Redshift has no INSERT DEFAULT VALUES in MERGE: name the values');
    refuseIf(
      nodesOf(node, 'FuncCall').some((call) => nameOf(call['funcname']).last === 'rs_local_step'),
      'merge',
      'Partial reference of SUPER column is not supported in MERGE statement: take the whole column',
    );
    setsColumns(matched?.['targetList'], 'merge');
  });
  return {
    ...done,
    kind: 'write',
    before: tables.map((table) => `select redshift_catalog.rs_local_require_table(${literal(table)})`),
  };
}

/** equal columns of both tables, and what else is asked of one of them; dbt's `incremental_predicates` come so */
function matches(node: Tree): boolean {
  const all = conjuncts(node);
  const isEqual = (one: Tree) => {
    const { kind, name } = tree(one['A_Expr']);
    return kind === 'AEXPR_OP' && nameOf(name).last === '=';
  };
  return all.some(isEqual) && all.every((one) => isEqual(one) || isOfOneTable(one));
}

function conjuncts(node: Tree): Tree[] {
  const all = tree(node['BoolExpr']);
  return all['boolop'] === 'AND_EXPR' ? trees(all['args']).flatMap(conjuncts) : [node];
}

function isOfOneTable(node: Tree): boolean {
  const tables = nodesOf(node, 'ColumnRef').map((column) => fieldsOf(column).slice(0, -1).join('.'));
  return new Set(tables).size === 1 && nodesOf(node, 'SubLink').length === 0;
}

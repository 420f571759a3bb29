import { setsColumns } from './update.js';
import { literal, refuseIf, type Plan, type Statement } from '../plan.js';
import { tree, trees, text, nameOf, type Tree } from '../check-tree.js';
import { viaTree } from '../via-tree.js';

const quoted = (node: Tree) =>
  ['schemaname', 'relname']
    .flatMap((part) => (node[part] === undefined ? [] : [`"${text(node[part]).replaceAll('"', '""')}"`]))
    .join('.');

export function merge(statement: Statement): Plan {
  let tables: string[] = [];
  const done = viaTree(statement, 'MergeStmt', (node) => {
    const target = tree(node['relation']);
    const source = tree(node['sourceRelation'])['RangeVar'];
    refuseIf(node['withClause'], 'merge', 'Redshift has no WITH before MERGE');
    refuseIf(target['alias'], 'merge', 'Redshift allows no alias of the target of MERGE');
    refuseIf(!source, 'merge', 'the source of MERGE is a table, no subquery or view');
    tables = [quoted(target), quoted(tree(source))];
    refuseIf(tables[0] === tables[1], 'merge', 'source and target of MERGE are the same table');
    refuseIf(!isEquality(tree(node['joinCondition'])), 'merge', 'MERGE matches by equal columns only, joined by AND');
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
    setsColumns(matched?.['targetList'], 'merge');
  });
  return {
    ...done,
    kind: 'write',
    before: tables.map((table) => `select redshift_catalog.rs_local_require_table(${literal(table)})`),
  };
}

function isEquality(node: Tree): boolean {
  const all = tree(node['BoolExpr']);
  if (all['boolop'] === 'AND_EXPR') return trees(all['args']).every(isEquality);
  const one = tree(node['A_Expr']);
  return one['kind'] === 'AEXPR_OP' && nameOf(one['name']).last === '=';
}

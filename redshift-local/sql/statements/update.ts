import { refuseIf, type Plan, type Statement } from '../plan.js';
import { tree, trees, type Tree } from '../check-tree.js';
import { viaTree } from '../via-tree.js';

export const setsColumns = (targets: unknown, rule: string) =>
  refuseIf(
    trees(targets).some((target) => tree(target['ResTarget'])['indirection']),
    rule,
    'a column of SET has no table name before it',
  );

export function update(statement: Statement): Plan {
  const check = (node: Tree) => setsColumns(node['targetList'], 'update');
  return { ...viaTree(statement, 'UpdateStmt', check), kind: 'write' };
}

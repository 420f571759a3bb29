import { refuseIf, type Plan, type Statement } from '../plan.js';
import { tree, trees } from '../check-tree.js';
import { viaTree } from '../via-tree.js';
import { requireTable } from './written-table.js';

export const setsColumns = (targets: unknown, rule: string) =>
  refuseIf(
    trees(targets).some((target) => tree(target['ResTarget'])['indirection']),
    rule,
    'a column of SET has no table name before it',
  );

export function update(statement: Statement): Plan {
  let required: string[] = [];
  const plan = viaTree(statement, 'UpdateStmt', (node) => {
    required = requireTable(node, 'update');
    setsColumns(node['targetList'], 'update');
  });
  return { ...plan, before: [...required, ...plan.before], kind: 'write' };
}

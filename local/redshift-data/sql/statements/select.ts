import type { Tree } from '../check-tree.js';
import { refuseIf, type Plan, type Statement } from '../plan.js';
import { viaTree } from '../via-tree.js';

export function select(statement: Statement): Plan {
  const check = (node: Tree) => refuseIf(node['valuesLists'], 'values', 'Redshift has no VALUES statement');
  return { ...viaTree(statement, 'SelectStmt', check), kind: 'query' };
}

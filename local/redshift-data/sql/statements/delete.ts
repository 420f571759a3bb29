import { refuseIf, type Plan, type Statement } from '../plan.js';
import { tree, type Tree } from '../check-tree.js';
import { viaTree } from '../via-tree.js';

export function remove(statement: Statement): Plan {
  const check = (node: Tree) =>
    refuseIf(tree(node['relation'])['alias'], 'delete', 'Redshift allows no alias of the table that DELETE names');
  return { ...viaTree(statement, 'DeleteStmt', check), kind: 'write' };
}

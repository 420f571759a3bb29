import { refuseIf, type Plan, type Statement } from '../plan.js';
import { tree, trees, type Tree } from '../check-tree.js';
import { viaTree } from '../via-tree.js';
import { requireTable } from './written-table.js';

export function insert(statement: Statement): Plan {
  let required: string[] = [];
  const check = (node: Tree) => {
    required = requireTable(node, 'insert into');
    refuseIf(node['withClause'], 'insert', 'WITH comes after INSERT INTO t in Redshift');
    refuseIf(node['override'] !== 'OVERRIDING_NOT_SET', 'insert', 'Redshift has no OVERRIDING');
    refuseIf(tree(node['relation'])['alias'], 'insert', 'Redshift allows no alias of the table');
    refuseIf(
      trees(node['cols']).some((column) => tree(column['ResTarget'])['indirection']),
      'insert',
      'a column of INSERT has no prefix',
    );
  };
  const plan = viaTree(statement, 'InsertStmt', check);
  return { ...plan, before: [...required, ...plan.before], kind: 'write' };
}

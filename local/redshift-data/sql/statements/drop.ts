import { refuseIf, noParameters, type Plan, type Statement } from '../plan.js';
import { tree, trees, nameOf, type Tree } from '../check-tree.js';
import { utility } from '../via-tree.js';

export function drop(statement: Statement): Plan {
  noParameters(statement, 'drop');
  const check = (node: Tree) => {
    const names = trees(node['objects']).flatMap((item) => [
      'String' in item ? String(tree(item['String'])['sval']) : (nameOf(tree(item['List'])['items']).schema ?? ''),
    ]);
    refuseIf(
      names.some((name) => /^(_redshift_data|redshift_catalog|pg_catalog|information_schema)$/.test(name)),
      'drop',
      'permission denied: system schema',
    );
  };
  return { ...utility(statement, 'DropStmt', check), kind: 'ddl' };
}

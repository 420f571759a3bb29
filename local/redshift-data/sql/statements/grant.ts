import type { Tree } from '../check-tree.js';
import { refuseIf, noParameters, type Plan, type Statement } from '../plan.js';
import { utility } from '../via-tree.js';

export function grant(statement: Statement): Plan {
  noParameters(statement, 'grant');
  const check = (node: Tree) => {
    refuseIf(
      !['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_DATABASE'].includes(String(node['objtype'])),
      'grant',
      'only tables, schemas and databases are granted here',
    );
    refuseIf(node['grantor'], 'grant', 'Redshift has no GRANTED BY');
  };
  return { ...utility(statement, 'GrantStmt', check), kind: 'ddl' };
}

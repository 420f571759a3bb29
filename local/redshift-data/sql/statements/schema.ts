import type { Tree } from '../check-tree.js';
import { refuseIf, noParameters, oneAtATime, type Plan, type Statement } from '../plan.js';
import { utility } from '../via-tree.js';

export function createSchema(statement: Statement): Plan {
  noParameters(statement, 'create schema');
  const check = (node: Tree) => {
    refuseIf(node['schemaElts'], 'create schema', 'objects inside CREATE SCHEMA are not honoured here');
    refuseIf(
      /^(pg_|_redshift_data$|redshift_catalog$|information_schema$)/.test(String(node['schemaname'])),
      'create schema',
      'this schema name is reserved',
    );
  };
  return { ...utility(statement, 'CreateSchemaStmt', check), kind: 'ddl', before: [oneAtATime] };
}

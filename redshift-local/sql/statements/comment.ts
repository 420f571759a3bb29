import { noParameters, type Plan, type Statement } from '../plan.js';
import { utility } from '../via-tree.js';

export function comment(statement: Statement): Plan {
  noParameters(statement, 'comment');
  return { ...utility(statement, 'CommentStmt', () => undefined), kind: 'ddl' };
}

import { noParameters, type Plan, type Statement } from '../plan.js';
import { parseCopy } from '../copy.js';

export function copy(statement: Statement): Plan {
  noParameters(statement, 'copy');
  return { sql: '', values: [], kind: 'write', command: { copy: parseCopy(statement.tokens) } };
}

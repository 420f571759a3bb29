import { isWord } from '../tokens.js';
import { parseTable } from '../types.js';
import { refuseIf, noParameters, type Plan, type Statement } from '../plan.js';

/** commits the transaction that it is in, and what came before it with it */
export function truncate(statement: Statement): Plan {
  noParameters(statement, 'truncate');
  const { tokens } = statement;
  const { name, end } = parseTable(tokens, isWord(tokens[1], 'table') ? 2 : 1);
  refuseIf(end < tokens.length, 'truncate', `syntax error at or near "${tokens[end]?.text}"`);
  return { sql: `truncate table ${name}`, values: [], kind: 'ddl', commits: true };
}

import { isWord } from '../tokens.js';
import { parseTable } from '../types.js';
import { refuseIf, noParameters, type Plan, type Statement } from '../plan.js';

export function truncate(statement: Statement): Plan {
  noParameters(statement, 'truncate');
  refuseIf(
    statement.isBatch,
    'truncate in a batch',
    'TRUNCATE commits the transaction in Redshift: not honoured in a batch, use DELETE',
  );
  const { tokens } = statement;
  const { name, end } = parseTable(tokens, isWord(tokens[1], 'table') ? 2 : 1);
  refuseIf(end < tokens.length, 'truncate', `syntax error at or near "${tokens[end]?.text}"`);
  return { sql: `truncate table ${name}`, values: [], kind: 'ddl' };
}

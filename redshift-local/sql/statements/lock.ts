import { isSign, isWord } from '../tokens.js';
import { parseTable } from '../types.js';
import { refuseIf, noParameters, type Plan, type Statement } from '../plan.js';

export function lock(statement: Statement): Plan {
  noParameters(statement, 'lock');
  const { tokens } = statement;
  const names: string[] = [];
  let at = isWord(tokens[1], 'table') ? 2 : 1;
  for (;;) {
    const { name, end } = parseTable(tokens, at);
    names.push(name);
    at = end + 1;
    if (!isSign(tokens[end], ',')) {
      refuseIf(
        end < tokens.length,
        'lock',
        `syntax error at or near "${tokens[end]?.text}": Redshift's LOCK has no modes`,
      );
      return { sql: `lock table ${names.join(', ')} in access exclusive mode`, values: [], kind: 'lock' };
    }
  }
}

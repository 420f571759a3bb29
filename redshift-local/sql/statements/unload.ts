import { hasOuterLimit, parseUnload, unloadQuery } from '../../unload/parse-unload.js';
import { noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { namesIn, splitStatements, tokenize } from '../tokens.js';
import { viaTree } from '../via-tree.js';

export function unload(statement: Statement): Plan {
  noParameters(statement, 'unload');
  const [tokens = [], ...more] = splitStatements(tokenize(unloadQuery(statement.tokens)));
  refuseIf(more.length > 0, 'unload', 'UNLOAD takes one SELECT');
  refuseIf(
    hasOuterLimit(tokens),
    'unload',
    'Limit clause is not supported in the outer SELECT of UNLOAD: put it into a subquery',
  );
  const { sql } = viaTree({ ...statement, tokens, isStored: true }, 'SelectStmt');
  return {
    sql: '',
    values: [],
    kind: 'write',
    command: { unload: parseUnload(statement.tokens, sql) },
    names: namesIn(tokens),
  };
}

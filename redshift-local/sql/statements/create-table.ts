import { rebind } from '../late-binding.js';
import { noParameters, oneAtATime, type Plan, type Statement } from '../plan.js';
import { parseCreateTable } from '../table-definition.js';
import { noteTraits } from '../table-traits.js';
import { viaTree } from '../via-tree.js';
import { checkDefault, rewrittenDefaults } from '../default-value.js';

export function createTable(statement: Statement): Plan {
  const { table, temporary, ifNotExists, body, query, defaults, traits } = parseCreateTable(statement.tokens);
  const head = `create ${temporary ? 'temp ' : ''}table ${ifNotExists ? 'if not exists ' : ''}${table}`;
  const common = {
    kind: 'ddl' as const,
    ...(ifNotExists && { before: [oneAtATime] }),
    after: [noteTraits(table, traits, true), ...(temporary ? [] : [rebind])],
  };
  if (query) {
    const made = { ...statement, tokens: query, isStored: true, hasColumns: true };
    const { sql, values, before } = viaTree(made, 'SelectStmt');
    const columns = body === undefined ? '' : `(${body}) `;
    return { ...common, before, sql: `${head} ${columns}as ${sql}`, values };
  }
  noParameters(statement, 'create table');
  for (const value of defaults) checkDefault(value);
  return { ...common, sql: `${head} (${rewrittenDefaults(body ?? '')})`, values: [] };
}

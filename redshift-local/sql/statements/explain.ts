import { refuseIf, type Plan, type Statement } from '../plan.js';
import { isWord } from '../tokens.js';
import { createTable } from './create-table.js';
import { remove } from './delete.js';
import { insert } from './insert.js';
import { withQueries } from './select.js';
import { update } from './update.js';

const explained: Record<string, (statement: Statement) => Plan> = {
  insert,
  update,
  delete: remove,
  create: createTable,
};

/** PostgreSQL's plan: its form is not Redshift's */
export function explain(statement: Statement): Plan {
  const { tokens } = statement;
  const isVerbose = isWord(tokens[1], 'verbose');
  const rest = tokens.slice(isVerbose ? 2 : 1);
  const verb = rest[0]?.text ?? '';
  const isAs =
    verb !== 'create' || (isWord(rest[1], 'table', 'temp', 'temporary') && rest.some((token) => isWord(token, 'as')));
  refuseIf(
    !/^(select|with|insert|update|delete|create|\()$/.test(verb) || !isAs,
    'explain',
    `EXPLAIN [VERBOSE] takes SELECT, INSERT, UPDATE, DELETE or CREATE TABLE AS, got ${verb.toUpperCase()}; it has no ANALYZE`,
  );
  const plan = (explained[verb] ?? withQueries)({ ...statement, tokens: rest });
  return { ...plan, after: [], sql: `explain ${isVerbose ? 'verbose ' : ''}${plan.sql}`, kind: 'query' };
}

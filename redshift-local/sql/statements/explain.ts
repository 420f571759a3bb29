import { refuseIf, type Plan, type Statement } from '../plan.js';
import { isWord } from '../tokens.js';
import { remove } from './delete.js';
import { insert } from './insert.js';
import { withQueries } from './select.js';
import { update } from './update.js';

const explained: Record<string, (statement: Statement) => Plan> = { insert, update, delete: remove };

/** PostgreSQL's plan: its form is not Redshift's */
export function explain(statement: Statement): Plan {
  const { tokens } = statement;
  const isVerbose = isWord(tokens[1], 'verbose');
  const rest = tokens.slice(isVerbose ? 2 : 1);
  const verb = rest[0]?.text ?? '';
  refuseIf(
    !/^(select|with|insert|update|delete|\()$/.test(verb) || isWord(rest[0], 'analyze'),
    'explain',
    `EXPLAIN [VERBOSE] takes SELECT, INSERT, UPDATE or DELETE, got ${verb.toUpperCase()}; it has no ANALYZE`,
  );
  const plan = (explained[verb] ?? withQueries)({ ...statement, tokens: rest });
  return { ...plan, sql: `explain ${isVerbose ? 'verbose ' : ''}${plan.sql}`, kind: 'query' };
}

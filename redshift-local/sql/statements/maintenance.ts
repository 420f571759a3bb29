import { form, match, sqlName, sqlNames } from '../grammar.js';
import { noParameters, refuseIf, type Plan, type Statement } from '../plan.js';

const forms = {
  vacuum: form(
    'vacuum(?: (?:full|sort only|delete only|reindex|recluster))?(?: (?<table>(?!to [NUMBER]|boost$)[TABLE])(?: to (?<percent>[NUMBER]) percent)?(?: boost)?)?',
  ),
  analyze: form(
    'analy[sz]e(?: verbose)?(?: (?<table>(?!predicate|all)[TABLE])(?: \\( (?<columns>[NAMES]) \\))?)?(?: (?:predicate|all) columns)?',
  ),
};

/** PostgreSQL's own: what it sorts and counts is not Redshift's */
export function vacuum(statement: Statement): Plan {
  noParameters(statement, 'vacuum');
  refuseIf(statement.isBatch, 'vacuum in a batch', 'VACUUM cannot run inside a transaction block: send it on its own');
  const { parts } = match(statement.tokens, { vacuum: forms.vacuum }, 'vacuum');
  refuseIf(Number(parts['percent'] ?? 0) > 100, 'vacuum', 'TO takes 0 to 100 PERCENT');
  return {
    sql: `vacuum ${parts['table'] === undefined ? '' : sqlName(parts['table'])}`.trim(),
    values: [],
    kind: 'maintenance',
  };
}

export function analyze(statement: Statement): Plan {
  noParameters(statement, 'analyze');
  const { parts } = match(statement.tokens, { analyze: forms.analyze }, 'analyze');
  const columns = parts['columns'] === undefined ? '' : ` (${sqlNames(parts['columns']).join(', ')})`;
  return {
    sql: `analyze ${parts['table'] === undefined ? '' : sqlName(parts['table'])}${columns}`.trim(),
    values: [],
    kind: 'ddl',
  };
}

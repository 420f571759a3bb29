import { dropping } from '../borrowed.js';
import { form, match, sqlNames } from '../grammar.js';
import { rebind, unbind } from '../late-binding.js';
import { literal, noParameters, refuseIf, type Plan, type Statement } from '../plan.js';

const names = '(?<names>[TABLE](?: , [TABLE])*)';
const mode = '(?<mode> cascade| restrict)?';
const forms = {
  table: form(`drop table (?<exists>if exists )?${names}${mode}`),
  view: form(`drop view (?<exists>if exists )?${names}${mode}`),
  materialized: form(`drop materialized view (?<exists>if exists )?${names}${mode}`),
  schema: form(`drop schema (?<exists>if exists )?${names}(?: drop external database)?${mode}`),
};
const words = { table: 'table', view: 'view', materialized: 'materialized view', schema: 'schema' };

export function drop(statement: Statement): Plan {
  noParameters(statement, 'drop');
  const { kind, parts } = match(statement.tokens, forms, 'drop');
  const dropped = sqlNames(parts['names']);
  refuseIf(
    dropped.some((name) => /^"(_redshift_data|redshift_catalog|pg_catalog|information_schema|pg_.*)"$/.test(name)),
    'drop',
    'permission denied: system schema',
  );
  const before = kind === 'schema' ? [] : dropped.map(unbind);
  // a foreign key of another table holds it
  const held =
    kind === 'table' && parts['mode'] !== ' cascade'
      ? [`select redshift_catalog.rs_local_require_unreferenced(array[${dropped.map(literal).join(', ')}])`]
      : [];
  const gone = kind === 'view' ? dropped.map(forget) : [];
  return dropping(kind === 'schema' ? [] : dropped, {
    sql: `drop ${words[kind]} ${parts['exists'] ?? ''}${dropped.join(', ')}${parts['mode'] ?? ''}`,
    values: [],
    kind: 'ddl',
    before: [...held, ...gone, ...before],
    after: [
      'delete from redshift_catalog.late_binding_view where to_regnamespace(quote_ident(view_schema)) is null',
      rebind,
    ],
  });
}

function forget(view: string): string {
  const [first = '', second] = view.split('.').map((part) => literal(part.slice(1, -1)));
  return `select redshift_catalog.rs_local_forget(${second === undefined ? `'public', ${first}` : `${first}, ${second}`})`;
}

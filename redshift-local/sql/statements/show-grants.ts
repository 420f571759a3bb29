import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, type Plan, type Statement } from '../plan.js';
import { unquoted } from '../tokens.js';

const limit = '(?: limit (?<limit>[NUMBER]))?';
const name = '(?:(?:(?<database>[NAME]) \\. )?(?<schema>[NAME]) \\. )?(?<object>[NAME])';
const forms = {
  SCHEMA: form(`show grants on schema (?:(?<database>[NAME]) \\. )?(?<object>[NAME])${limit}`),
  TABLE: form(`show grants on (?:table )?${name}${limit}`),
};

/** who may do what with a table, a view or a schema */
export function showGrants(statement: Statement): Plan {
  noParameters(statement, 'show grants');
  const { kind, parts } = match(statement.tokens, forms, 'show grants');
  const value = (written = '') => literal(unquoted(sqlName(written)));
  const wanted = [
    `object_type = '${kind}'`,
    `object_name = ${value(parts['object'])}`,
    ...(parts['schema'] === undefined ? [] : [`schema_name = ${value(parts['schema'])}`]),
    ...(parts['database'] === undefined ? [] : [`database_name = ${value(parts['database'])}`]),
  ];
  const most = parts['limit'] === undefined ? '' : ` limit ${parts['limit']}`;
  const sql = `select * from redshift_catalog.rs_local_grants where ${wanted.join(' and ')} order by identity_name, privilege_type${most}`;
  return { sql, values: [], kind: 'query' };
}

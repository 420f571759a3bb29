import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, type Plan, type Statement } from '../plan.js';
import { unquoted } from '../tokens.js';

const limit = '(?: limit (?<limit>[NUMBER]))?';
const name = '(?:(?:(?<database>[NAME]) \\. )?(?<schema>[NAME]) \\. )?(?<object>[NAME])';
const whom = ' for (?<to>public|role [NAME]|(?!role )[NAME])';
const forms = {
  SCHEMA: form(`show grants on schema (?:(?<database>[NAME]) \\. )?(?<object>[NAME])(?:${whom})?${limit}`),
  TABLE: form(`show grants on (?:table )?${name}(?:${whom})?${limit}`),
  identity: form(`show grants${whom.replace('public|', '(?!public)')}(?: from database (?<database>[NAME]))?${limit}`),
};

/** who may do what with a table, a view or a schema, and what somebody may do with them */
export function showGrants(statement: Statement): Plan {
  noParameters(statement, 'show grants');
  const { kind, parts } = match(statement.tokens, forms, 'show grants');
  const value = (written = '') => literal(unquoted(sqlName(written)));
  const role = parts['to']?.startsWith('role ') ? parts['to'].slice('role '.length) : undefined;
  const type = parts['to'] === 'public' ? 'public' : role === undefined ? 'user' : 'role';
  const wanted = [
    ...(kind === 'identity' ? [] : [`object_type = '${kind}'`, `object_name = ${value(parts['object'])}`]),
    ...(parts['to'] === undefined
      ? []
      : [`identity_type = '${type}'`, ...(type === 'public' ? [] : [`identity_name = ${value(role ?? parts['to'])}`])]),
    ...(parts['schema'] === undefined ? [] : [`schema_name = ${value(parts['schema'])}`]),
    ...(parts['database'] === undefined ? [] : [`database_name = ${value(parts['database'])}`]),
  ];
  const most = parts['limit'] === undefined ? '' : ` limit ${parts['limit']}`;
  const sql = `select * from redshift_catalog.rs_local_grants where ${wanted.join(' and ')} order by identity_name, privilege_type${most}`;
  return { sql, values: [], kind: 'query' };
}

import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, type Plan, type Statement } from '../plan.js';
import { fullName } from '../long-names.js';
import { unquoted } from '../tokens.js';

const limit = '(?: limit (?<limit>[NUMBER]))?';
const filter = `(?: like (?<like>[STRING]))?${limit}`;
const table = '(?:(?:(?<database>[NAME]) \\. )?(?<schema>[NAME]) \\. )?(?<table>[NAME])';
const forms = {
  databases: form(`show databases${filter}`),
  schemas: form(`show schemas from database (?<database>[NAME])${filter}`),
  tables: form(`show tables from schema (?:(?<database>[NAME]) \\. )?(?<schema>[NAME])${filter}`),
  columns: form(`show columns from table ${table}${filter}`),
  primaryKeys: form(`show constraints primary keys from table ${table}${limit}`),
  foreignKeys: form(`show constraints foreign keys from table ${table}${limit}`),
  exportedKeys: form(`show constraints foreign keys exported from table ${table}${limit}`),
};
const definition = form('show (?<kind>view|table) (?<table>[TABLE])');

/** where the objects are listed, how the columns that say where they are begin, and what orders them and is filtered by LIKE */
const shown: Record<keyof typeof forms, { from: string; prefix?: string; order: string; like?: string }> = {
  databases: { from: 'databases', order: 'database_name', like: 'database_name' },
  schemas: { from: 'schemas', order: 'schema_name', like: 'schema_name' },
  tables: { from: 'tables', order: 'table_name', like: 'table_name' },
  columns: { from: 'columns', order: 'schema_name, table_name, ordinal_position', like: 'column_name' },
  primaryKeys: { from: 'primary_keys', order: 'schema_name, table_name, key_seq' },
  foreignKeys: { from: 'foreign_keys', prefix: 'fk_', order: 'fk_name, key_seq' },
  exportedKeys: { from: 'foreign_keys', prefix: 'pk_', order: 'fk_schema_name, fk_table_name, fk_name, key_seq' },
};

/** SHOW of objects, from the views that list them */
export function showObjects(statement: Statement): Plan {
  noParameters(statement, 'show objects');
  if (['view', 'table'].includes(statement.tokens[1]?.text ?? '')) return showDefinition(statement);
  const { kind, parts } = match(statement.tokens, forms, 'show objects');
  const { from, prefix = '', order, like } = shown[kind];
  const wanted = (['database', 'schema', 'table'] as const).flatMap((part) => {
    const written = parts[part];
    return written === undefined ? [] : [`${prefix}${part}_name = ${literal(fullName(unquoted(sqlName(written))))}`];
  });
  if (parts['like'] !== undefined) wanted.push(`${like} like ${parts['like']}`);
  const where = wanted.length > 0 ? ` where ${wanted.join(' and ')}` : '';
  const most = parts['limit'] === undefined ? '' : ` limit ${parts['limit']}`;
  return {
    sql: `select * from redshift_catalog.rs_local_shown_${from}${where} order by ${order}${most}`,
    values: [],
    kind: 'query',
  };
}

/** SHOW VIEW and SHOW TABLE: the statement that would make it */
function showDefinition(statement: Statement): Plan {
  const { parts } = match(statement.tokens, { definition }, 'show objects');
  const named = literal(sqlName(parts['table']));
  const isView = parts['kind'] === 'view';
  const shown = isView ? `rs_local_viewdef(${named}::regclass)` : `rs_local_tabledef(${named}::regclass)`;
  return {
    sql: `select redshift_catalog.${shown}::varchar as "Show ${isView ? 'View' : 'Table'} DDL statement"`,
    values: [],
    kind: 'query',
    before: [`select redshift_catalog.rs_local_require_shown(${named}, ${isView})`],
  };
}

import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, type Plan, type Statement } from '../plan.js';
import { unquoted } from '../tokens.js';

const filter = '(?: like (?<like>[STRING]))?(?: limit (?<limit>[NUMBER]))?';
const forms = {
  databases: form(`show databases${filter}`),
  schemas: form(`show schemas from database (?<database>[NAME])${filter}`),
  tables: form(`show tables from schema (?:(?<database>[NAME]) \\. )?(?<schema>[NAME])${filter}`),
  columns: form(
    `show columns from table (?:(?:(?<database>[NAME]) \\. )?(?<schema>[NAME]) \\. )?(?<table>[NAME])${filter}`,
  ),
  view: form('show view (?<table>[TABLE])'),
};
/** SHOW TABLES says more of a table than the view that lists it */
const kindOfTable = `case
  when table_type = 'TABLE' then 'REGULAR TABLE'
  when to_regclass(format('%I.%I', schema_name, table_name)) in (select c.oid from pg_catalog.pg_class c where c.relkind = 'm') then 'MATERIALIZED VIEW'
  when (schema_name, table_name) in (select view_schema, view_name from redshift_catalog.late_binding_view where is_given) then 'LATE BINDING VIEW'
  else 'REGULAR VIEW' end::varchar as table_subtype`;
const filtered = { databases: 'database_name', schemas: 'schema_name', tables: 'table_name', columns: 'column_name' };

/** SHOW of objects, from the views that list them */
export function showObjects(statement: Statement): Plan {
  noParameters(statement, 'show objects');
  const { kind, parts } = match(statement.tokens, forms, 'show objects');
  if (kind === 'view') {
    const sql = `select pg_get_viewdef(${literal(sqlName(parts['table']))}::regclass)::varchar as "Show View DDL statement"`;
    return { sql, values: [], kind: 'query' };
  }
  const value = (written: string) => literal(unquoted(sqlName(written)));
  const wanted = [
    ...(parts['database'] === undefined ? [] : [`database_name = ${value(parts['database'])}`]),
    ...(parts['schema'] === undefined ? [] : [`schema_name = ${value(parts['schema'])}`]),
    ...(parts['table'] === undefined ? [] : [`table_name = ${value(parts['table'])}`]),
    ...(parts['like'] === undefined ? [] : [`${filtered[kind]} like ${parts['like']}`]),
  ];
  const where = wanted.length > 0 ? ` where ${wanted.join(' and ')}` : '';
  const limit = parts['limit'] === undefined ? '' : ` limit ${parts['limit']}`;
  const order = kind === 'columns' ? 'schema_name, table_name, ordinal_position' : filtered[kind];
  return {
    sql: `select *${kind === 'tables' ? `, ${kindOfTable}` : ''} from redshift_catalog.svv_redshift_${kind}${where} order by ${order}${limit}`,
    values: [],
    kind: 'query',
  };
}

import { loadViews } from '../copy/load-views-sql.js';
import { externalViews } from '../external/external-views-sql.js';

const catalogs = new Set(
  `pg_attrdef pg_attribute pg_class pg_constraint pg_database pg_depend pg_description pg_group pg_index pg_namespace pg_proc pg_rewrite
   pg_table_def pg_tables pg_type pg_user pg_views
   svv_all_columns svv_all_schemas svv_all_tables svv_columns svv_redshift_columns svv_redshift_databases svv_redshift_schemas svv_redshift_tables
   svv_relation_privileges svv_role_grants svv_roles svv_schema_privileges svv_table_info svv_tables svv_user_grants svv_user_info
   svv_mv_info stv_mv_info stv_db_isolation_level
   rs_local_information_views rs_local_views rs_local_attribute rs_local_depend`
    .split(/\s+/)
    .concat(loadViews, externalViews),
);
const informationSchema = new Set('columns key_column_usage schemata table_constraints tables views'.split(' '));

/** of the system's names, those that are here */
export function offered(schema: string, name: string): boolean {
  return schema === 'information_schema' ? informationSchema.has(name) : catalogs.has(name);
}

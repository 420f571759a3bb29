import { loadViews } from '../copy/load-views-sql.js';
import { emptySystemViews } from './empty-system-views.js';
import { externalViews } from '../external/external-views-sql.js';

const catalogs = new Set(
  `pg_attrdef pg_attribute pg_class pg_constraint pg_database pg_depend pg_description pg_group pg_index pg_namespace pg_proc pg_rewrite
   pg_table_def pg_tables pg_type pg_user pg_views
   pg_aggregate pg_am pg_cast pg_conversion pg_indexes pg_inherits pg_language pg_locks pg_opclass pg_operator pg_rules pg_settings pg_statio_all_tables pg_stats pg_tablespace pg_trigger
   svv_all_columns svv_all_schemas svv_all_tables svv_columns svv_redshift_columns svv_redshift_databases svv_redshift_schemas svv_redshift_tables
   svv_relation_privileges svv_role_grants svv_roles svv_schema_privileges svv_system_privileges svv_table_info svv_tables svv_user_grants svv_user_info
   svv_mv_info stv_mv_info stv_db_isolation_level stl_query sys_query_history stl_querytext sys_query_text svl_qlog stv_recents stv_sessions stv_inflight sys_session_history
   stv_locks svv_transactions svl_user_info pg_user_info pg_class_info pg_proc_info stv_tbl_perm stl_ddltext svl_statementtext svv_database_privileges svv_default_privileges svv_diskusage stv_slices
   svv_column_privileges svv_function_privileges svv_redshift_functions
   rs_local_information_views rs_local_views rs_local_attribute rs_local_depend rs_local_class rs_local_attrdef rs_local_user
   rs_local_named_namespace rs_local_named_tables rs_local_named_proc rs_local_named_database rs_local_named_group rs_local_named_indexes rs_local_named_rules
   rs_local_named_schemata rs_local_named_routines rs_local_named_table_privileges rs_local_named_role_table_grants rs_local_named_applicable_roles
   rs_local_index rs_local_information_columns rs_local_constraint rs_local_named_constraint rs_local_table_constraints rs_local_key_column_usage rs_local_constraint_column_usage rs_local_referential_constraints`
    .split(/\s+/)
    .concat(loadViews, externalViews, emptySystemViews),
);
const informationSchema = new Set(
  'columns key_column_usage schemata table_constraints tables views applicable_roles constraint_column_usage referential_constraints role_table_grants routines table_privileges'.split(
    ' ',
  ),
);

/** of the system's names, those that are here */
export function offered(schema: string, name: string): boolean {
  return schema === 'information_schema' ? informationSchema.has(name) : catalogs.has(name);
}

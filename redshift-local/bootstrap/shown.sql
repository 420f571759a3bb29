-- SHOW of objects, by the columns that AWS lists
drop view if exists rs_local_shown_databases, rs_local_shown_schemas, rs_local_shown_tables, rs_local_shown_columns, rs_local_shown_primary_keys, rs_local_shown_foreign_keys;
create view rs_local_shown_databases as
select database_name, database_owner, database_type, database_acl, null::varchar as parameters, database_isolation_level from svv_redshift_databases;
create view rs_local_shown_schemas as
select database_name, schema_name, schema_owner, schema_type, schema_acl, null::varchar as source_database, schema_option from svv_redshift_schemas;
create view rs_local_shown_tables as
select t.database_name, t.schema_name, t.table_name, t.table_type, t.table_acl, t.remarks, t.table_owner as owner, null::timestamp as last_altered_time, null::timestamp as last_modified_time,
  (case when c.relkind in ('r', 'm') then rs_local_shown_diststyle(c.oid) end)::varchar as dist_style,
  (case when t.table_type = 'TABLE' then 'REGULAR TABLE' when c.relkind = 'm' then 'MATERIALIZED VIEW'
    when (n.nspname, c.relname) in (select view_schema, view_name from late_binding_view where is_given) then 'LATE BINDING VIEW' else 'REGULAR VIEW' end)::varchar as table_subtype
from svv_redshift_tables t left join (pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace) on rs_local_name(n.nspname) = t.schema_name and rs_local_name(c.relname) = t.table_name;
create view rs_local_shown_columns as
select table_catalog as database_name, table_schema as schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale, remarks,
  (case when sortkey = 0 then null when is_interleaved then 'INTERLEAVED' else 'COMPOUND' end)::varchar as sort_key_type, sortkey as sort_key, distkey::integer as dist_key, encoding, "collation"
from rs_local_columns;
create view rs_local_shown_primary_keys as
select rs_local_name(current_database()) as database_name, rs_local_name(schema_name) as schema_name, rs_local_name(table_name) as table_name, rs_local_name(conname) as pk_name, rs_local_name(column_name) as column_name, key_seq from rs_local_key_columns where contype = 'p';
create view rs_local_shown_foreign_keys as
select rs_local_name(current_database()) as pk_database_name, rs_local_name(k.other_schema) as pk_schema_name, rs_local_name(k.other_table) as pk_table_name, rs_local_name(k.other_column) as pk_column_name,
  rs_local_name(current_database()) as fk_database_name, rs_local_name(k.schema_name) as fk_schema_name, rs_local_name(k.table_name) as fk_table_name, rs_local_name(k.column_name) as fk_column_name, k.key_seq,
  rs_local_name(k.conname) as fk_name, rs_local_name(i.relname) as pk_name, null::smallint as update_rule, null::smallint as delete_rule, null::smallint as deferrability
from rs_local_key_columns k left join pg_catalog.pg_class i on i.oid = k.conindid where k.contype = 'f';

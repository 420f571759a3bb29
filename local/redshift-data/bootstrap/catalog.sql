create or replace view svv_columns as
select current_database()::varchar as table_catalog, n.nspname::varchar as table_schema, c.relname::varchar as table_name, a.attname::varchar as column_name,
  row_number() over (partition by c.oid order by a.attnum)::integer as ordinal_position, pg_get_expr(d.adbin, d.adrelid)::varchar as column_default,
  (case when a.attnotnull then 'NO' else 'YES' end)::varchar as is_nullable,
  (case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying' when 'text'::regtype then 'character varying'
    else format_type(a.atttypid, null) end)::varchar as data_type,
  (case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 when a.atttypid in (25, 1043) then 65535 when a.atttypid = 17 then
    coalesce((select (regexp_match(pg_get_constraintdef(k.oid), '<= (\d+)'))[1]::integer from pg_constraint k where k.conrelid = c.oid and k.conname = left('rs_bytes_' || a.attname, 63)), 64000) end) as character_maximum_length,
  (case a.atttypid when 21 then 16 when 23 then 32 when 20 then 64 when 700 then 24 when 701 then 53 when 1700 then ((a.atttypmod - 4) >> 16) & 65535 end) as numeric_precision,
  (case when a.atttypid in (20, 21, 23) then 0 when a.atttypid = 1700 then (a.atttypmod - 4) & 2047 end) as numeric_scale,
  col_description(c.oid, a.attnum)::varchar as remarks
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'v', 'm', 'p') and a.attnum > 0 and not a.attisdropped and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift_data$)';
create or replace view svv_tables as
select current_database()::varchar as table_catalog, n.nspname::varchar as table_schema, c.relname::varchar as table_name,
  (case c.relkind when 'v' then 'VIEW' else 'BASE TABLE' end)::varchar as table_type, obj_description(c.oid)::varchar as remarks
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'p') and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift_data$)';
create or replace view svv_table_info as
select current_database()::varchar as database, n.nspname::varchar as schema, c.oid::integer as table_id, c.relname::varchar as "table",
  ceil(pg_total_relation_size(c.oid) / 1048576.0)::bigint as size, greatest(c.reltuples, 0)::numeric(38, 0) as tbl_rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift_data$)';
create or replace view pg_table_def as
select n.nspname::varchar as schemaname, c.relname::varchar as tablename, a.attname::varchar as "column",
  (case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying' else format_type(a.atttypid, a.atttypmod) end)::varchar as type,
  'none'::varchar as encoding, false as distkey, 0 as sortkey, a.attnotnull as "notnull"
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and n.nspname = any(current_schemas(false)) and n.nspname !~ '^(pg_|redshift_catalog$)';

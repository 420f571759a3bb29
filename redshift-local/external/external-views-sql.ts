/** external schemas, tables and partitions, under the names and columns that Redshift documents */
export const externalViewsSql = String.raw`
create sequence if not exists _redshift_data.external_file_number;
create table if not exists _redshift_data.external_schemas (name text primary key, database text not null, options jsonb not null);
create table if not exists _redshift_data.external_tables (
  id oid primary key, location text not null, keys text[] not null, properties jsonb not null);
drop view if exists redshift_catalog.svv_external_columns;
alter table _redshift_data.external_tables drop column if exists types;
create table if not exists _redshift_data.external_partitions (
  table_id oid not null, key_values text[] not null, location text not null, primary key (table_id, key_values));
create table if not exists _redshift_data.external_files (
  child oid primary key, table_id oid not null, url text not null, etag text not null, size bigint not null, key_values text[] not null);
-- the owner of an external schema owns its tables; who may use the schema reads them
create or replace function redshift_catalog.rs_local_own_external(wanted text) returns void language plpgsql security definer set search_path = pg_catalog as $$
declare one text; owner name := (select pg_get_userbyid(nspowner) from pg_namespace where nspname = wanted);
begin
  for one in select e.id::regclass::text from _redshift_data.external_tables e join pg_class c on c.oid = e.id where c.relnamespace = to_regnamespace(quote_ident(wanted))
    union select c.oid::regclass::text from pg_class c join _redshift_data.external_schemas s on s.name = wanted
    where c.relnamespace = to_regnamespace(quote_ident(wanted)) and c.relkind = 'r'
  loop
    execute format('alter table %s owner to %I', one, owner);
    execute format('grant select on %s to public', one);
  end loop;
end $$;
create or replace function redshift_catalog.rs_local_require_create() returns void language plpgsql stable as $$
begin
  if not has_database_privilege(current_database(), 'create') then raise exception 'permission denied for database %', current_database() using errcode = '42501'; end if;
end $$;
create or replace function redshift_catalog.rs_local_require_schema_owner(wanted text) returns void language plpgsql stable as $$
declare owner oid := (select nspowner from pg_catalog.pg_namespace where nspname = wanted);
begin
  if owner is not null and not pg_has_role(owner, 'usage') then raise exception 'must be owner of schema %', wanted using errcode = '42501'; end if;
end $$;
alter table _redshift_data.external_files add column if not exists columns text[] not null default '{}';
create or replace function redshift_catalog.rs_local_read_only() returns trigger language plpgsql as $$
begin raise exception 'cannot modify the external table %.%: it is read-only here', tg_table_schema, tg_table_name; end $$;
create or replace function redshift_catalog."$path"(oid) returns varchar language plpgsql stable as $$
declare found varchar := (select url from _redshift_data.external_files where child = $1);
begin if found is null then raise exception 'column "$path" does not exist' using errcode = '42703'; end if; return found; end $$;
create or replace function redshift_catalog."$size"(oid) returns bigint language plpgsql stable as $$
declare found bigint := (select size from _redshift_data.external_files where child = $1);
begin if found is null then raise exception 'column "$size" does not exist' using errcode = '42703'; end if; return found; end $$;

create or replace view redshift_catalog.svv_external_schemas as
select n.oid::integer as esoid, 1 as eskind, redshift_catalog.rs_local_name(n.nspname) as schemaname, n.nspowner::integer as esowner, e.database::varchar as databasename, textin(jsonb_out(e.options))::varchar as esoptions
from _redshift_data.external_schemas e join pg_namespace n on n.nspname = e.name;
create or replace view redshift_catalog.svv_external_databases as
select 1 as eskind, e.database::varchar as databasename, ''::varchar as location, ''::varchar as parameters from _redshift_data.external_schemas e group by e.database;
create or replace view redshift_catalog.svv_external_tables as
select redshift_catalog.rs_local_name(current_database()) as redshift_database_name, redshift_catalog.rs_local_name(n.nspname) as schemaname, redshift_catalog.rs_local_name(c.relname) as tablename, 'TABLE'::varchar as tabletype,
  e.location::varchar as location, 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'::varchar as input_format,
  'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'::varchar as output_format,
  'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'::varchar as serialization_lib, '{"serialization.format":"1"}'::varchar as serde_parameters,
  0 as compressed, textin(jsonb_out(e.properties))::varchar as parameters
from _redshift_data.external_tables e join pg_class c on c.oid = e.id join pg_namespace n on n.oid = c.relnamespace;
create or replace view redshift_catalog.svv_external_columns as
select redshift_catalog.rs_local_name(current_database()) as redshift_database_name, redshift_catalog.rs_local_name(n.nspname) as schemaname, redshift_catalog.rs_local_name(c.relname) as tablename, redshift_catalog.rs_local_name(a.attname) as columnname,
  (case a.atttypid when 23 then 'int' when 700 then 'float' when 701 then 'double' when 'bytea'::regtype then format('varbyte(%s)', redshift_catalog.rs_local_byte_limit(c.oid, a.attname))
    else regexp_replace(replace(replace(replace(format_type(a.atttypid, a.atttypmod), 'character varying', 'varchar'), 'character', 'char'), 'numeric', 'decimal'), ' without time zone$', '') end)::varchar as external_type, row_number() over (partition by c.oid order by a.attnum)::integer as columnnum,
  coalesce(array_position(e.keys, a.attname::text), 0) as part_key, ''::varchar as is_nullable
from _redshift_data.external_tables e join pg_class c on c.oid = e.id join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped;
create or replace view redshift_catalog.svv_external_partitions as
select redshift_catalog.rs_local_name(n.nspname) as schemaname, redshift_catalog.rs_local_name(c.relname) as tablename, to_json(p.key_values)::text::varchar as "values", left(p.location, 128)::varchar as location,
  'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'::varchar as input_format,
  'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'::varchar as output_format,
  'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'::varchar as serialization_lib, '{"serialization.format":"1"}'::varchar as serde_parameters,
  0 as compressed, '{}'::varchar as parameters
from _redshift_data.external_partitions p join pg_class c on c.oid = p.table_id join pg_namespace n on n.oid = c.relnamespace;
`;

/** relations that a statement may name */
export const externalViews = [
  'svv_external_schemas',
  'svv_external_databases',
  'svv_external_tables',
  'svv_external_columns',
  'svv_external_partitions',
];

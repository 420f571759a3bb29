-- what users see of the catalog has whole names: PostgreSQL's relations with each name as text, for those that have no view of ours yet
do $$
declare wanted text; columns text; source regclass; called text;
begin
  foreach wanted in array array['pg_namespace', 'pg_tables', 'pg_proc', 'pg_database', 'pg_group', 'pg_indexes', 'pg_rules', 'information_schema.schemata', 'information_schema.routines',
    'information_schema.table_privileges', 'information_schema.role_table_grants', 'information_schema.applicable_roles']
  loop
    source := to_regclass(case when wanted like '%.%' then wanted else 'pg_catalog.' || wanted end);
    called := 'redshift_catalog.rs_local_named_' || regexp_replace(wanted, '^(.*\.|pg_)', '');
    select string_agg(case when a.atttypid = 'pg_catalog.name'::regtype or a.atttypid = 'information_schema.sql_identifier'::regtype
      then format('redshift_catalog.rs_local_name(%1$I::text) as %1$I', a.attname)
      when a.attname in ('definition', 'indexdef') then format('redshift_catalog.rs_local_named(%1$I) as %1$I', a.attname) else quote_ident(a.attname) end, ', ' order by a.attnum) into columns
    from pg_catalog.pg_attribute a where a.attrelid = source and a.attnum > 0 and not a.attisdropped;
    if exists (select from pg_catalog.pg_class where oid = source and relkind = 'r') then columns := 'tableoid, ' || columns; end if;
    execute format('drop view if exists %s cascade', called);
    execute format('create view %s as select %s from %s', called, columns, source);
  end loop;
end $$;
drop view if exists rs_local_named_constraint;
create view rs_local_named_constraint as
select oid, rs_local_name(conname) as conname, connamespace, contype, condeferrable, condeferred, conrelid, contypid, conindid, confrelid, confupdtype, confdeltype, confmatchtype, conkey, confkey, conbin, consrc
from rs_local_constraint;

create or replace function rs_local_current_schema() returns varchar language sql stable as $$ select redshift_catalog.rs_local_name(pg_catalog.current_schema()) $$;
create or replace function rs_local_current_database() returns varchar language sql stable as $$ select redshift_catalog.rs_local_name(pg_catalog.current_database()) $$;
create or replace function rs_local_current_schemas(boolean) returns varchar[] language sql stable as $$
  select array(select redshift_catalog.rs_local_name(name) from unnest(redshift_catalog.current_schemas($1)) with ordinality as list (name, at) order by at) $$;
create or replace function rs_local_userbyid(oid) returns varchar language sql stable as $$ select redshift_catalog.rs_local_name(pg_catalog.pg_get_userbyid($1)) $$;
create or replace function rs_local_viewdef(oid, boolean default false) returns text language sql stable as $$ select redshift_catalog.rs_local_named(pg_catalog.pg_get_viewdef($1, $2)) $$;
create or replace function rs_local_indexdef(oid) returns text language sql stable as $$ select redshift_catalog.rs_local_named(pg_catalog.pg_get_indexdef($1)) $$;

-- a whole name, and one with its schema's, as PostgreSQL has it
create or replace function rs_local_found_name(text) returns text language plpgsql stable strict as $$
begin
  return (select string_agg(quote_ident(coalesce((select provider from pg_catalog.pg_shseclabel where label = part and octet_length(part) > 63 limit 1), part)), '.' order by at)
    from unnest(parse_ident($1)) with ordinality as list (part, at));
exception when invalid_parameter_value then return $1;
end $$;
create or replace function rs_local_short_name(text) returns text language sql stable as $$
  select case when pg_catalog.octet_length($1) < 64 then $1 else redshift_catalog.rs_local_found_name($1) end $$;
create or replace function rs_local_short_schema(text) returns text language sql stable as $$
  select case when pg_catalog.octet_length($1) < 64 then $1 else coalesce((select provider from pg_catalog.pg_shseclabel where label = $1 limit 1), $1) end $$;
-- before PostgreSQL's own, whose arguments are the same
create or replace function has_table_privilege(name, text, text) returns boolean language sql stable as $$ select pg_catalog.has_table_privilege($1, redshift_catalog.rs_local_short_name($2), $3) $$;
create or replace function has_table_privilege(text, text) returns boolean language sql stable as $$ select pg_catalog.has_table_privilege(redshift_catalog.rs_local_short_name($1), $2) $$;
create or replace function has_schema_privilege(name, text, text) returns boolean language sql stable as $$ select pg_catalog.has_schema_privilege($1, redshift_catalog.rs_local_short_schema($2), $3) $$;
create or replace function has_schema_privilege(text, text) returns boolean language sql stable as $$ select pg_catalog.has_schema_privilege(redshift_catalog.rs_local_short_schema($1), $2) $$;

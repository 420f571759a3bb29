-- views change their columns between versions, which OR REPLACE cannot
drop view if exists rs_local_columns, rs_local_information_columns, svv_columns, svv_tables, svv_table_info, pg_table_def, svv_redshift_databases, svv_redshift_schemas, svv_redshift_tables, svv_redshift_columns,
  svv_all_schemas, svv_all_tables, svv_all_columns, svv_roles, svv_user_grants, svv_role_grants, svv_user_info, svv_relation_privileges, svv_schema_privileges,
  svv_mv_info, stv_mv_info, stv_db_isolation_level, rs_local_information_views, rs_local_views, rs_local_attribute, rs_local_depend cascade;
create or replace function rs_local_is_own(name) returns boolean language sql immutable as $$ select $1 !~ '^(pg_|information_schema$|redshift_catalog$|_redshift)' $$;
create or replace view rs_local_columns as
select rs_local_name(current_database()) as table_catalog, rs_local_name(n.nspname) as table_schema, rs_local_name(c.relname) as table_name, rs_local_name(a.attname) as column_name,
  row_number() over (partition by c.oid order by a.attnum)::integer as ordinal_position, pg_get_expr(d.adbin, d.adrelid)::varchar as column_default,
  (case when a.attnotnull then 'NO' else 'YES' end)::varchar as is_nullable,
  (case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying' when 'text'::regtype then 'character varying'
    else format_type(a.atttypid, null) end)::varchar as data_type,
  (case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 when a.atttypid in (25, 1043) then 65535 when a.atttypid = 17 then
    rs_local_byte_limit(c.oid, a.attname) end) as character_maximum_length,
  (case a.atttypid when 21 then 16 when 23 then 32 when 20 then 64 when 700 then 24 when 701 then 53 when 1700 then case when a.atttypmod > 0 then ((a.atttypmod - 4) >> 16) & 65535 end end) as numeric_precision,
  (case when a.atttypid in (20, 21, 23) then 0 when a.atttypid = 1700 and a.atttypmod > 0 then (a.atttypmod - 4) & 2047 end) as numeric_scale,
  col_description(c.oid, a.attnum)::varchar as remarks, (case when c.relkind in ('r', 'm') then rs_local_encoding(a.atttypid, a.attfdwoptions) end)::varchar as encoding, coalesce(a.attfdwoptions @> '{distkey}', false) as distkey,
  rs_local_shown_sortkey(a.attfdwoptions) as sortkey, coalesce(a.attfdwoptions @> '{interleaved}', false) as is_interleaved, (case when a.attcollation = 'rs_local_ignoring_case'::regcollation then 'case_insensitive' when a.atttypid in (1042, 1043, 25) then 'case_sensitive' end)::varchar as "collation"
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'v', 'm', 'p') and a.attnum > 0 and not a.attisdropped and rs_local_is_own(n.nspname);
create or replace view svv_columns as
select table_catalog, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale, remarks
from rs_local_columns;
create or replace view svv_tables as
select rs_local_name(current_database()) as table_catalog, rs_local_name(n.nspname) as table_schema, rs_local_name(c.relname) as table_name,
  (case when c.relkind in ('v', 'm') then 'VIEW' else 'BASE TABLE' end)::varchar as table_type, obj_description(c.oid)::varchar as remarks
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'p') and rs_local_is_own(n.nspname);
create or replace view svv_table_info as
select rs_local_name(current_database()) as database, rs_local_name(n.nspname) as schema, c.oid::integer as table_id, rs_local_name(c.relname) as "table",
  'Y, AUTO(ENCODE)'::varchar as encoded, rs_local_shown_diststyle(c.oid) as diststyle, (case when k.names is null then 'AUTO(SORTKEY)' when k.is_interleaved then 'INTERLEAVED' else rs_local_name(k.names[1]) end)::varchar as sortkey1,
  (select max(atttypmod - 4) from pg_attribute a where a.attrelid = c.oid and a.atttypid = 1043 and a.attnum > 0) as max_varchar,
  k.encodings[1] as sortkey1_enc, coalesce(cardinality(k.names), 0) as sortkey_num, ceil(pg_total_relation_size(c.oid) / 1048576.0)::bigint as size, 0::numeric(10, 4) as pct_used, 0::bigint as empty,
  0::numeric(5, 2) as unsorted, 0::numeric(5, 2) as stats_off, greatest(c.reltuples, 0)::numeric(38, 0) as tbl_rows, null::numeric(19, 2) as skew_sortkey1,
  null::numeric(19, 2) as skew_rows, greatest(c.reltuples, 0)::numeric(38, 0) as estimated_visible_rows, null::varchar as risk_event,
  0::numeric(12, 2) as vacuum_sort_benefit, null::timestamp as create_time
from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral (
  select array_agg(a.attname::text order by rs_local_sortkey(a.attfdwoptions)) as names, array_agg(rs_local_encoding(a.atttypid, a.attfdwoptions) order by rs_local_sortkey(a.attfdwoptions)) as encodings, bool_or(a.attfdwoptions @> '{interleaved}') as is_interleaved
  from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and rs_local_sortkey(a.attfdwoptions) > 0) k
where c.relkind in ('r', 'm') and rs_local_is_own(n.nspname);
create or replace view pg_table_def as
select rs_local_name(n.nspname) as schemaname, rs_local_name(c.relname) as tablename, rs_local_name(a.attname) as "column",
  (case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying' else format_type(a.atttypid, a.atttypmod) end)::varchar as type,
  rs_local_encoding(a.atttypid, a.attfdwoptions) as encoding, coalesce(a.attfdwoptions @> '{distkey}', false) as distkey, rs_local_shown_sortkey(a.attfdwoptions) as sortkey, a.attnotnull as "notnull"
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and n.nspname = any(current_schemas(false)) and rs_local_is_own(n.nspname);

create or replace function rs_local_isolation_level(oid) returns varchar language sql stable as $$
  select case when exists (select from pg_db_role_setting s where s.setdatabase = $1 and s.setrole = 0 and 'redshift.isolation_level=serializable' = any (s.setconfig)) then 'Serializable' else 'Snapshot Isolation' end::varchar $$;
-- as PostgreSQL calls it: Redshift's snapshots are its repeatable reads
create or replace function rs_local_session_level() returns text language sql stable as $$
  select case redshift_catalog.rs_local_isolation_level(oid) when 'Serializable' then 'serializable' else 'repeatable read' end from pg_catalog.pg_database where datname = current_database() $$;
create or replace view stv_db_isolation_level as
select rs_local_name(datname) as db_name, rs_local_isolation_level(oid) as isolation_level from pg_database where not datistemplate;
-- connections of the service itself are nobody's; one that was closed may be there for a moment
create or replace function rs_local_require_alone(text) returns void language plpgsql as $$
begin
  for attempt in 1..20 loop
    perform pg_stat_clear_snapshot();
    if not exists (select from pg_stat_activity where datname = $1 and pid <> pg_backend_pid() and backend_type = 'client backend'
      and application_name !~ '^(redshift-data|outside of|outcome of|isolation level|cancel)') then return; end if;
    perform pg_sleep(0.1);
  end loop;
  raise exception 'the isolation level of database "%" cannot be altered while other users are connected', $1 using errcode = '55006';
end $$;
create or replace view svv_redshift_databases as
select rs_local_name(datname) as database_name, datdba::integer as database_owner, 'local'::varchar as database_type, null::varchar as database_acl, null::varchar as database_options,
  rs_local_isolation_level(oid) as database_isolation_level
from pg_database where not datistemplate;
create or replace view svv_redshift_schemas as
select rs_local_name(current_database()) as database_name, rs_local_name(n.nspname) as schema_name, n.nspowner::integer as schema_owner, 'local'::varchar as schema_type,
  array_to_string(n.nspacl, ',')::varchar as schema_acl, null::varchar as schema_option
from pg_namespace n where rs_local_is_own(n.nspname);
create or replace view svv_redshift_tables as
select rs_local_name(current_database()) as database_name, rs_local_name(n.nspname) as schema_name, rs_local_name(c.relname) as table_name,
  (case when c.relkind in ('v', 'm') then 'VIEW' else 'TABLE' end)::varchar as table_type, array_to_string(c.relacl, ',')::varchar as table_acl,
  obj_description(c.oid)::varchar as remarks, rs_local_name(pg_get_userbyid(c.relowner)) as table_owner
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'v', 'm', 'p') and rs_local_is_own(n.nspname);
create or replace view svv_redshift_columns as
select table_catalog as database_name, table_schema as schema_name, table_name, column_name, ordinal_position, column_default, data_type, character_maximum_length,
  numeric_precision, numeric_scale, is_nullable, encoding, distkey, sortkey, null::varchar as column_acl, remarks
from rs_local_columns;
create or replace view svv_all_schemas as
select database_name, schema_name, schema_owner, schema_type, schema_acl, null::varchar as source_database, schema_option from svv_redshift_schemas;
create or replace view svv_all_tables as
select database_name, schema_name, table_name, table_acl, table_type, remarks, table_owner as owner from svv_redshift_tables;
create or replace view svv_all_columns as
select database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale, remarks
from svv_redshift_columns;

create or replace view svv_roles as
select oid::integer as role_id, rs_local_name(rolname) as role_name, null::varchar as role_owner, null::varchar as external_id
from pg_roles where shobj_description(oid, 'pg_authid') = 'redshift role';
create or replace view svv_user_info as
select rs_local_name(rolname) as user_name, oid::integer as user_id, rolcreatedb as createdb, rs_local_is_superuser(rolname) as superuser, rs_local_is_superuser(rolname) as catalog_update,
  (case when rolconnlimit < 0 then 'UNLIMITED' else rolconnlimit::text end)::varchar as connection_limit, 'RESTRICTED'::varchar as syslog_access,
  null::timestamp as last_ddl_ts, 0 as session_timeout, null::varchar as external_id
from pg_roles where rolcanlogin;
create or replace view svv_user_grants as
select u.oid::integer as user_id, rs_local_name(u.rolname) as user_name, r.role_id, r.role_name, m.admin_option
from pg_auth_members m join pg_roles u on u.oid = m.member and u.rolcanlogin join svv_roles r on r.role_id = m.roleid::integer
where u.rolname <> rs_local_administrator();
create or replace view svv_role_grants as
select u.role_id, u.role_name, r.role_id as granted_role_id, r.role_name as granted_role_name
from pg_auth_members m join svv_roles u on u.role_id = m.member::integer join svv_roles r on r.role_id = m.roleid::integer;
create or replace view svv_relation_privileges as
select rs_local_name(n.nspname) as namespace_name, rs_local_name(c.relname) as relation_name, (case a.privilege_type when 'MAINTAIN' then 'DROP' else a.privilege_type end)::varchar as privilege_type,
  a.grantee::integer as identity_id, rs_local_name(coalesce(r.rolname, 'public')) as identity_name,
  coalesce(substr(shobj_description(r.oid, 'pg_authid'), 10), case when r.oid is null then 'public' else 'user' end)::varchar as identity_type, a.is_grantable as admin_option
from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
where rs_local_is_own(n.nspname) and a.grantee <> c.relowner and a.privilege_type <> 'TRIGGER' and coalesce(r.rolname, '') !~ '^rs_scope_';
create or replace view svv_schema_privileges as
select rs_local_name(n.nspname) as namespace_name, a.privilege_type::varchar as privilege_type, a.grantee::integer as identity_id, rs_local_name(coalesce(r.rolname, 'public')) as identity_name,
  coalesce(substr(shobj_description(r.oid, 'pg_authid'), 10), case when r.oid is null then 'public' else 'user' end)::varchar as identity_type, a.is_grantable as admin_option
from pg_namespace n cross join aclexplode(n.nspacl) a left join pg_roles r on r.oid = a.grantee
where rs_local_is_own(n.nspname) and a.grantee <> n.nspowner and coalesce(r.rolname, '') !~ '^rs_scope_';
-- nothing tells whether a materialized view is stale: it is called so
create or replace view stv_mv_info as
select rs_local_name(current_database()) as db_name, rs_local_name(schemaname) as schema, matviewname::varchar as name, 0::bigint as updated_upto_xid, 't'::varchar as is_stale,
  matviewowner::varchar as owner_user_name, coalesce(rs_local_view_state(a.attrelid), 1) as state, (case when a.attfdwoptions @> '{autorefresh}' then 't' else 'f' end)::varchar as autorefresh, 'f'::varchar as autorewrite
from pg_matviews left join pg_attribute a on a.attrelid = to_regclass(format('%I.%I', schemaname, matviewname)) and a.attnum = -1;
create or replace view svv_mv_info as
select db_name as database_name, schema as schema_name, owner_user_name as user_name, name, is_stale, state, autorefresh, autorewrite from stv_mv_info;

-- Redshift shows a materialized view as a view, by the statement that made it; its catalog knows distribution and sort keys
create or replace view rs_local_views as
select rs_local_name(schemaname) as schemaname, rs_local_name(viewname) as viewname, rs_local_name(viewowner) as viewowner, rs_local_named(definition) as definition from pg_catalog.pg_views
union all
select rs_local_name(schemaname), rs_local_name(matviewname), rs_local_name(matviewowner),
  format('create materialized view %I.%I backup yes diststyle even auto refresh no as (%s);', rs_local_name(schemaname), rs_local_name(matviewname), rtrim(rs_local_named(definition), ';'))
from pg_catalog.pg_matviews;
create or replace view rs_local_information_views as
select rs_local_name(current_database()) as table_catalog, schemaname as table_schema, viewname as table_name, definition::varchar as view_definition,
  'NONE'::varchar as check_option, 'NO'::varchar as is_updatable, 'NO'::varchar as is_insertable_into
from rs_local_views where rs_local_is_own(schemaname);
create or replace view rs_local_attribute as
select attrelid, rs_local_name(attname) as attname, atttypid, attlen, attnum, atttypmod, attndims, attbyval, attalign, attstorage, attnotnull, atthasdef, attisdropped, attislocal, attinhcount, attacl,
  coalesce(attfdwoptions @> '{distkey}', false) as attisdistkey, rs_local_shown_sortkey(attfdwoptions) as attsortkeyord,
  coalesce(array_position(rs_local_encodings(), rs_local_encoding(atttypid, attfdwoptions)), 0)::smallint as attencodingtype
from pg_catalog.pg_attribute
-- pg_get_late_binding_view_cols has those of late-binding views
where attrelid <> all (array(select c.oid from late_binding_view v join pg_catalog.pg_namespace n on n.nspname = v.view_schema join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = v.view_name where v.is_given))
-- the table behind a materialized view has its columns
union all
select c.reltype, rs_local_name(a.attname), a.atttypid, a.attlen, a.attnum, a.atttypmod, a.attndims, a.attbyval, a.attalign, a.attstorage, a.attnotnull, a.atthasdef, a.attisdropped, a.attislocal, a.attinhcount, null,
  coalesce(a.attfdwoptions @> '{distkey}', false), rs_local_shown_sortkey(a.attfdwoptions), coalesce(array_position(rs_local_encodings(), rs_local_encoding(a.atttypid, a.attfdwoptions)), 0)::smallint
from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid where c.relkind = 'm';
-- in quotes, as dbt-redshift asks it: with the columns of temporary tables, which svv_columns leaves out
create or replace view rs_local_information_columns as
select rs_local_name(table_catalog) as table_catalog, rs_local_name(table_schema) as table_schema, rs_local_name(table_name) as table_name, rs_local_name(column_name) as column_name, ordinal_position::integer, column_default::varchar, is_nullable::varchar,
  (case data_type when 'jsonb' then 'super' when 'bytea' then 'binary varying' when 'text' then 'character varying' else data_type end)::varchar as data_type,
  character_maximum_length::integer, character_octet_length::integer, numeric_precision::integer, numeric_precision_radix::integer, numeric_scale::integer, datetime_precision::integer
from information_schema.columns;
-- a late-binding view depends on nothing
create or replace view rs_local_depend as
select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
from pg_catalog.pg_depend d
where d.classid <> 'pg_catalog.pg_rewrite'::regclass or d.objid not in (
  select r.oid from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join late_binding_view v on v.view_schema = n.nspname and v.view_name = c.relname and v.is_given)
union all
select 'pg_catalog.pg_constraint'::regclass, k.oid, 0, 'pg_catalog.pg_class'::regclass, k.conindid, 0, 'n' from rs_local_constraint k where k.contype = 'f' and k.conindid is not null;
-- the user that owns a cluster's own objects is the first one everywhere; no one can sign in as it
do $$ begin
  if to_regrole('rdsdb') is null then create role rdsdb; end if;
exception when duplicate_object or unique_violation then null;
end $$;
drop view if exists rs_local_user;
create view rs_local_user as
select rs_local_name(usename) as usename, usesysid, usecreatedb, rs_local_is_superuser(usename) as usesuper, rs_local_is_superuser(usename) as usecatupd,
  passwd, valuntil, useconfig
from pg_catalog.pg_user
union all select 'rdsdb', 1::oid, true, true, true, '********', 'infinity', null;
-- of the leader node, as the JDBC driver says it
create or replace function "isnull"(anycompatible, anycompatible) returns anycompatible language sql immutable as $$ select coalesce($1, $2) $$;
create or replace function pg_get_late_binding_view_cols() returns setof record language sql stable as $$
  select rs_local_name(v.view_schema), rs_local_name(v.view_name), rs_local_name(a.attname), format_type(a.atttypid, a.atttypmod)::varchar, a.attnum::integer
  from redshift_catalog.late_binding_view v join pg_class c on c.oid = to_regclass(format('%I.%I', v.view_schema, v.view_name))
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped $$;

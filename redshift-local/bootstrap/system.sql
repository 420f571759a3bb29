-- the catalog as Redshift has it, where PostgreSQL's own lacks a column
drop view if exists stl_query, sys_query_history, stl_querytext, sys_query_text, svl_qlog, stv_recents, stv_sessions, stv_inflight,
  sys_session_history, stv_locks, svv_transactions, svl_user_info, svl_stored_proc_call, stv_tbl_perm, stl_ddltext, svl_statementtext, svv_database_privileges, svv_column_privileges, svv_function_privileges, svv_redshift_functions, svv_diskusage,
  rs_local_class, rs_local_attrdef, svv_default_privileges, pg_user_info, rs_local_queries, stl_connection_log, sys_connection_log, stl_error, stl_wlm_query, stv_wlm_query_state, stv_slices, svv_vacuum_progress,
  svv_alter_table_recommendations, stl_alert_event_log, sys_vacuum_history, sys_unload_history cascade;
-- a materialized view is a view, and a table that holds its rows
create or replace view rs_local_class as
select c.oid, c.tableoid, rs_local_name(c.relname) as relname, c.relnamespace, c.reltype, c.relowner, c.relam, c.relfilenode, c.reltablespace, c.relpages, c.reltuples, c.reltoastrelid, c.relhasindex, c.relisshared,
  case c.relkind when 'm' then 'v'::"char" else c.relkind end as relkind, c.relnatts, c.relchecks, c.relhasrules, c.relacl, c.relpersistence, c.reloptions, c.relispopulated, c.relispartition, c.relrowsecurity,
  c.relallvisible, c.relhastriggers, c.relhassubclass, c.relforcerowsecurity, c.relreplident, c.relrewrite, c.relfrozenxid, c.relminmxid, c.relpartbound,
  case when c.relkind = 'r' then rs_local_reldiststyle(c.oid) else 0 end::smallint as reldiststyle, false as relbackup
from pg_catalog.pg_class c where c.relnamespace <> all (array['redshift_catalog'::regnamespace, '_redshift_data'::regnamespace]::oid[])
union all
select c.reltype, c.tableoid, left('mv_tbl__' || rs_local_name(c.relname) || '__0', 127)::varchar, c.relnamespace, 0, c.relowner, c.relam, c.relfilenode, c.reltablespace, c.relpages, c.reltuples, c.reltoastrelid, c.relhasindex, c.relisshared,
  'r', c.relnatts, c.relchecks, c.relhasrules, c.relacl, c.relpersistence, c.reloptions, c.relispopulated, c.relispartition, c.relrowsecurity,
  c.relallvisible, c.relhastriggers, c.relhassubclass, c.relforcerowsecurity, c.relreplident, c.relrewrite, c.relfrozenxid, c.relminmxid, c.relpartbound,
  rs_local_reldiststyle(c.oid), false
from pg_catalog.pg_class c where c.relkind = 'm';
-- when a table was made is not kept
create or replace view pg_class_info as
select c.oid as reloid, c.*, null::timestamp as relcreationtime, c.reldiststyle as releffectivediststyle from rs_local_class c;
create or replace view pg_proc_info as select p.oid as prooid, p.oid, rs_local_name(p.proname) as proname, p.pronamespace, p.proowner, p.prolang, p.prokind, p.prosecdef, p.pronargs, p.prorettype,
  p.proargtypes, p.proallargtypes, p.proargmodes, p.proargnames, p.prosrc, p.proacl from pg_catalog.pg_proc p;
create or replace view rs_local_attrdef as
select d.oid, d.adrelid, d.adnum, d.adbin, pg_get_expr(d.adbin, d.adrelid) as adsrc from pg_catalog.pg_attrdef d;

-- the newest that ran over the wire, what runs now, and of the last day what wrote through the Data API, where a query that only reads leaves no trace
create unlogged table if not exists _redshift_data.history (
  query_id bigint generated always as identity (start with 1000000000) primary key, username text not null, pid integer not null, database_name text not null, sql text not null, error text,
  started_at timestamptz not null, ended_at timestamptz not null);
create view rs_local_queries as
select coalesce(u.usesysid, 10)::integer as userid, q.query_id, q.pid, q.database_name, q.label, q.sql, q.status, q.started_at, q.ended_at, q.rows, q.size, q.error
from (
  select c.body ->> 'dbUser' as username, (c.body ->> 'queryId')::bigint + s.at - 1 as query_id, (c.body ->> 'pid')::integer as pid, c.body ->> 'database' as database_name,
    coalesce(nullif(c.body ->> 'name', ''), 'default') as label, s.sub ->> 'sql' as sql, 'success' as status,
    to_timestamp((s.sub ->> 'updatedAt')::double precision - (s.sub ->> 'duration')::double precision / 1e9) at time zone 'UTC' as started_at,
    to_timestamp((s.sub ->> 'updatedAt')::double precision) at time zone 'UTC' as ended_at, greatest((s.sub ->> 'rows')::bigint, 0) as rows, greatest((s.sub ->> 'size')::bigint, 0) as size, null as error
  from _redshift_data.committed c cross join lateral jsonb_array_elements(c.body -> 'subs') with ordinality as s (sub, at)
  union all
  select a.usename, a.pid, a.pid, a.datname, 'default', a.query, 'running', a.query_start at time zone 'UTC', null, 0, 0, null
  from pg_stat_activity a where a.state = 'active' and a.backend_type = 'client backend' and a.datname = current_database()
  union all
  select h.username, h.query_id, h.pid, h.database_name, 'default', h.sql, case when h.error is null then 'success' else 'failed' end, h.started_at at time zone 'UTC', h.ended_at at time zone 'UTC', 0, 0, h.error
  from _redshift_data.history h) as q
left join pg_user u on u.usename = q.username
where rs_local_is_superuser() or q.username = session_user;
create view sys_query_history as
select userid as user_id, query_id, rpad(label, 320)::bpchar as query_label, query_id as transaction_id, pid as session_id, rpad(database_name, 128)::bpchar as database_name,
  rpad(case lower((regexp_match(sql, '\w+'))[1]) when 'with' then 'SELECT' when 'create' then 'DDL' when 'drop' then 'DDL' when 'alter' then 'DDL' else upper(coalesce((regexp_match(sql, '\w+'))[1], 'OTHER')) end, 32)::bpchar as query_type,
  rpad(status, 10)::bpchar as status, false as result_cache_hit, started_at as start_time, ended_at as end_time,
  (extract(epoch from coalesce(ended_at, now() at time zone 'UTC') - started_at) * 1000000)::bigint as elapsed_time, 0::bigint as queue_time,
  (extract(epoch from coalesce(ended_at, now() at time zone 'UTC') - started_at) * 1000000)::bigint as execution_time, rpad(coalesce(error, ''), 512)::bpchar as error_message, rows as returned_rows, size as returned_bytes,
  rpad(left(sql, 4000), 4000)::bpchar as query_text, rpad('1.0.0', 256)::bpchar as redshift_version, rpad('', 150)::bpchar as usage_limit, 'primary'::varchar as compute_type,
  0::bigint as compile_time, 0::bigint as planning_time, 0::bigint as lock_wait_time, 100 as service_class_id, rpad('Default queue', 64)::bpchar as service_class_name,
  'Normal'::varchar as query_priority, 'false'::varchar as short_query_accelerated
from rs_local_queries;
create view sys_query_text as
select userid as user_id, query_id, query_id as transaction_id, pid as session_id, started_at as start_time, 0 as sequence, rpad(left(sql, 4000), 4000)::bpchar as text from rs_local_queries;
create view stl_query as
select userid, query_id::integer as query, rpad(label, 320)::bpchar as label, query_id as xid, pid, rpad(database_name, 32)::bpchar as database, rpad(left(sql, 4000), 4000)::bpchar as querytxt,
  started_at as starttime, ended_at as endtime, (status = 'failed')::integer as aborted, 0 as insert_pristine, 0 as concurrency_scaling_status
from rs_local_queries where status <> 'running';
create view stl_querytext as
select userid, query_id as xid, pid, query_id::integer as query, 0 as sequence, rpad(left(sql, 200), 200)::bpchar as text from rs_local_queries;
create view svl_qlog as
select userid, query_id::integer as query, query_id as xid, pid, started_at as starttime, ended_at as endtime, (extract(epoch from ended_at - started_at) * 1000000)::bigint as elapsed, (status = 'failed')::integer as aborted,
  rpad(label, 320)::bpchar as label, rpad(left(sql, 60), 60)::bpchar as substring, null::integer as source_query, 'f'::varchar as concurrency_scaling_status, 0 as from_sp_call
from rs_local_queries where status <> 'running';
create view stv_recents as
select userid, rpad(case status when 'running' then 'Running' else 'Done' end, 20)::bpchar as status, started_at as starttime, (extract(epoch from coalesce(ended_at, now() at time zone 'UTC') - started_at) * 1000000)::integer as duration,
  rpad(coalesce((select usename from pg_user where usesysid = userid), ''), 50)::bpchar as user_name, rpad(database_name, 50)::bpchar as db_name, rpad(left(sql, 600), 600)::bpchar as query, pid
from rs_local_queries;
create view stv_inflight as
select userid, 0 as slice, query_id::integer as query, rpad(label, 320)::bpchar as label, query_id as xid, pid, started_at as starttime, rpad(left(sql, 100), 100)::bpchar as text, 0 as suspended, 0 as insert_pristine, 0 as concurrency_scaling_status
from rs_local_queries where status = 'running';
create view stl_ddltext as
select userid, query_id as xid, pid, rpad(label, 320)::bpchar as label, started_at as starttime, ended_at as endtime, 0 as sequence, rpad(left(sql, 200), 200)::bpchar as text
from rs_local_queries where sql ~* '^\s*(create|alter|drop)\y' and status <> 'running';
create view svl_statementtext as
select userid, query_id as xid, pid, rpad(label, 320)::bpchar as label, started_at as starttime, ended_at as endtime, 0 as sequence, rpad(case when sql ~* '^\s*(create|alter|drop)\y' then 'DDL' else 'QUERY' end, 10)::bpchar as type, rpad(left(sql, 200), 200)::bpchar as text
from rs_local_queries where status <> 'running';
create view stv_sessions as
select (backend_start at time zone 'UTC') as starttime, pid as process, rpad(rs_local_name(usename), 50)::bpchar as user_name, rpad(rs_local_name(datname), 50)::bpchar as db_name, 0 as timeout_sec
from pg_stat_activity where backend_type = 'client backend' and datname is not null;
create view sys_session_history as
select a.usesysid::integer as user_id, a.pid as session_id, rpad(rs_local_name(a.datname), 128)::bpchar as database_name, rpad('Active', 32)::bpchar as status, 0 as session_timeout, (a.backend_start at time zone 'UTC') as start_time, null::timestamp as end_time
from pg_stat_activity a where a.backend_type = 'client backend' and a.datname is not null;
create view svv_transactions as
select rpad(rs_local_name(a.usename), 128)::varchar as txn_owner, rs_local_name(a.datname) as txn_db, a.backend_xid::text::bigint as xid, a.pid, (a.xact_start at time zone 'UTC') as txn_start, l.mode::varchar as lock_mode,
  l.locktype::varchar as lockable_object_type, l.relation::integer as relation, l.granted
from pg_stat_activity a join pg_catalog.pg_locks l on l.pid = a.pid where a.xact_start is not null and a.datname = current_database();
create view stv_locks as
select l.relation::integer as table_id, now() at time zone 'UTC' as last_commit, null::timestamp as last_update, l.pid::bigint as lock_owner, l.pid::bigint as lock_owner_pid, null::timestamp as lock_owner_start_ts, null::timestamp as lock_owner_end_ts,
  rpad(case when l.granted then 'Holding' else 'Waiting' end, 22)::bpchar as lock_status
from pg_catalog.pg_locks l where l.relation is not null and l.mode = 'AccessExclusiveLock';
create view svl_user_info as
select rs_local_name(usename) as usename, usesysid::integer as usesysid, usecreatedb, usesuper, usecatupd, 'UNLIMITED'::varchar as useconnlimit, 'RESTRICTED'::varchar as syslogaccess, null::timestamp as last_ddl_ts, 0 as sessiontimeout, null::varchar as external_user_id
from (select usename, usesysid, usecreatedb, rs_local_is_superuser(usename) as usesuper, rs_local_is_superuser(usename) as usecatupd from pg_user) as u;
create view pg_user_info as
select rs_local_name(usename) as usename, usesysid, usecreatedb, rs_local_is_superuser(usename) as usesuper, rs_local_is_superuser(usename) as usecatupd, '********'::text as passwd, valuntil, useconfig, 'UNLIMITED'::varchar as useconnlimit from pg_user;
create view stv_tbl_perm as
select 0 as slice, c.oid::integer as id, rpad(rs_local_name(c.relname), 72)::bpchar as name, greatest(c.reltuples, 0)::bigint as rows, greatest(c.reltuples, 0)::bigint as sorted_rows, (c.relpersistence = 't')::integer as temp,
  (select oid::integer from pg_database where datname = current_database()) as db_id, 0 as insert_pristine, 0 as delete_pristine, 1 as backup, 10 as dist_style, c.relpages as block_count
from pg_catalog.pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'm') and rs_local_is_own(n.nspname);
create view svv_diskusage as
select (select oid::integer from pg_database where datname = current_database()) as db_id, rpad(rs_local_name(c.relname), 72)::bpchar as name, 0 as slice, a.attnum - 1 as col, c.oid::integer as tbl, 0 as blocknum, greatest(c.reltuples, 0)::bigint as num_values, 0::bigint as minvalue, 0::bigint as maxvalue
from pg_catalog.pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relkind in ('r', 'm') and rs_local_is_own(n.nspname);
create view svv_database_privileges as
select rs_local_name(d.datname) as database_name, a.privilege_type::varchar as privilege_type, a.grantee::integer as identity_id, rs_local_name(coalesce(r.rolname, 'public')) as identity_name,
  coalesce(substr(shobj_description(r.oid, 'pg_authid'), 10), case when r.oid is null then 'public' else 'user' end)::varchar as identity_type, a.is_grantable as admin_option
from pg_database d cross join aclexplode(d.datacl) a left join pg_roles r on r.oid = a.grantee where not d.datistemplate and a.grantee <> d.datdba;
create view svv_column_privileges as
select rs_local_name(n.nspname) as namespace_name, rs_local_name(c.relname) as relation_name, rs_local_name(t.attname) as column_name, a.privilege_type::varchar as privilege_type, a.grantee::integer as identity_id, rs_local_name(coalesce(r.rolname, 'public')) as identity_name,
  coalesce(substr(shobj_description(r.oid, 'pg_authid'), 10), case when r.oid is null then 'public' else 'user' end)::varchar as identity_type
from pg_catalog.pg_attribute t join pg_catalog.pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace cross join aclexplode(t.attacl) a left join pg_roles r on r.oid = a.grantee
where rs_local_is_own(n.nspname) and a.grantee <> c.relowner and coalesce(r.rolname, '') !~ '^rs_scope_';
create view svv_function_privileges as
select rs_local_name(n.nspname) as namespace_name, rs_local_name(p.proname) as function_name, oidvectortypes(p.proargtypes)::varchar as argument_types, a.privilege_type::varchar as privilege_type, a.grantee::integer as identity_id,
  rs_local_name(coalesce(r.rolname, 'public')) as identity_name, coalesce(substr(shobj_description(r.oid, 'pg_authid'), 10), case when r.oid is null then 'public' else 'user' end)::varchar as identity_type, a.is_grantable as admin_option
from pg_catalog.pg_proc p join pg_namespace n on n.oid = p.pronamespace cross join aclexplode(p.proacl) a left join pg_roles r on r.oid = a.grantee
where rs_local_is_own(n.nspname) and a.grantee <> p.proowner and coalesce(r.rolname, '') !~ '^rs_scope_';
create view svv_redshift_functions as
select rs_local_name(current_database()) as database_name, rs_local_name(n.nspname) as schema_name, rs_local_name(p.proname) as function_name, (case p.prokind when 'p' then 'STORED PROCEDURE' when 'a' then 'AGGREGATES FUNCTION' else 'REGULAR FUNCTION' end)::varchar as function_type,
  oidvectortypes(p.proargtypes)::varchar as argument_type, (case when p.prokind <> 'p' then format_type(p.prorettype, null) else '' end)::varchar as result_type
from pg_catalog.pg_proc p join pg_namespace n on n.oid = p.pronamespace where rs_local_is_own(n.nspname);
create view svv_default_privileges as
select rs_local_name(n.nspname) as schema_name, (case d.defaclobjtype when 'r' then 'RELATION' when 'f' then 'FUNCTION' else 'OTHER' end)::varchar as object_type, d.defaclrole::integer as owner_id, rs_local_name(o.rolname) as owner_name, 'user'::varchar as owner_type,
  a.privilege_type::varchar as privilege_type, a.grantee::integer as grantee_id, rs_local_name(coalesce(r.rolname, 'public')) as grantee_name,
  coalesce(substr(shobj_description(r.oid, 'pg_authid'), 10), case when r.oid is null then 'public' else 'user' end)::varchar as grantee_type, a.is_grantable as admin_option
from pg_catalog.pg_default_acl d join pg_roles o on o.oid = d.defaclrole left join pg_namespace n on n.oid = d.defaclnamespace cross join aclexplode(d.defaclacl) a left join pg_roles r on r.oid = a.grantee;
create view stv_slices as select 0 as node, 0 as slice, 0 as localslice, 'D'::bpchar as type;

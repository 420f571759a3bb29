-- SHOW GRANTS: of what is granted to others than the owner; a group is shown as a role, with a stroke before its name
drop view if exists rs_local_grants;
create view rs_local_grants as
select rs_local_name(current_database()) as database_name, rs_local_name(g.schema_name) as schema_name, rs_local_name(g.object_name) as object_name, g.object_type::varchar,
  (case g.privilege_type when 'MAINTAIN' then 'DROP' else g.privilege_type end)::varchar as privilege_type, g.grantee::integer as identity_id,
  (case when r.oid is null then 'public' when g.kind = 'redshift group' then '/' || rs_local_name(r.rolname) else rs_local_name(r.rolname) end)::varchar as identity_name,
  (case when r.oid is null then 'public' when coalesce(g.kind, 'redshift user') = 'redshift user' then 'user' else 'role' end)::varchar as identity_type,
  g.is_grantable as admin_option, g.object_type::varchar as privilege_scope, rs_local_name(pg_get_userbyid(g.grantor)) as grantor_name
from (
  select n.nspname as schema_name, c.relname as object_name, 'TABLE' as object_type, a.*, shobj_description(a.grantee, 'pg_authid') as kind
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace cross join aclexplode(c.relacl) a
  where rs_local_is_own(n.nspname) and a.grantee <> c.relowner and a.privilege_type <> 'TRIGGER'
  union all
  select n.nspname, n.nspname, 'SCHEMA', a.*, shobj_description(a.grantee, 'pg_authid')
  from pg_catalog.pg_namespace n cross join aclexplode(n.nspacl) a
  where rs_local_is_own(n.nspname) and a.grantee <> n.nspowner
) as g left join pg_catalog.pg_roles r on r.oid = g.grantee;

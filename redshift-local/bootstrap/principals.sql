-- users, groups and roles are PostgreSQL's roles here; a name without ROLE or GROUP is a user's
create or replace function rs_local_require_principal(kind text, wanted text) returns void language plpgsql stable as $$
declare found text;
begin
  select coalesce(shobj_description(oid, 'pg_authid'), 'redshift user') into found from pg_catalog.pg_roles where rolname = wanted;
  if found is null or found = 'redshift ' || kind then return; end if;
  raise exception '% "%" does not exist: "%" is a %', kind, wanted, wanted, substr(found, 10) using errcode = '42704',
    hint = case found when 'redshift user' then 'leave ' || upper(kind) || ' out' else 'say ' || upper(substr(found, 10)) || ' ' || wanted end;
end $$;
-- DROP ROLE without FORCE
create or replace function rs_local_require_free_role(wanted text) returns void language plpgsql stable as $$
declare held text;
begin
  select pg_get_userbyid(m.member) into held from pg_auth_members m join pg_catalog.pg_roles r on r.oid = m.roleid join pg_catalog.pg_roles u on u.oid = m.member
  where r.rolname = wanted and not redshift_catalog.rs_local_is_superuser(u.rolname) limit 1;
  if held is not null then raise exception 'cannot drop this role since it has been granted to "%"', held using errcode = '2BP01', hint = 'revoke it, or say FORCE'; end if;
end $$;
-- direct or through other roles; who is asked about must be there
create or replace function rs_local_is_member(kind text, member text, wanted text) returns boolean language plpgsql stable strict as $$
declare who oid := (select oid from pg_catalog.pg_roles where rolname = member); what oid := (select oid from pg_catalog.pg_roles where rolname = wanted);
begin
  if who is null then raise exception '% "%" does not exist', kind, member using errcode = '42704'; end if;
  if what is null then raise exception 'role or group "%" does not exist', wanted using errcode = '42704'; end if;
  return exists (with recursive held(id) as (select roleid from pg_catalog.pg_auth_members m where m.member = who
    union select m.roleid from pg_catalog.pg_auth_members m join held on m.member = held.id) select from held where id = what);
end $$;
create or replace function user_is_member_of(text, text) returns boolean language sql stable strict as $$ select redshift_catalog.rs_local_is_member('user', $1, $2) $$;
create or replace function role_is_member_of(text, text) returns boolean language sql stable strict as $$ select redshift_catalog.rs_local_is_member('role', $1, $2) $$;
-- the roles that every cluster has; what they may do is not kept here
do $$
declare wanted text;
begin
  foreach wanted in array array['sys:operator', 'sys:dba', 'sys:superuser', 'sys:secadmin', 'sys:monitor'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
      execute format('create role %I', wanted);
      execute format('comment on role %I is %L', wanted, 'redshift role');
      execute format('grant %I to %I with admin true, inherit true, set true', wanted, redshift_catalog.rs_local_administrator());
    end if;
  end loop;
exception when duplicate_object or unique_violation then null;
end $$;
-- system permissions of roles: noted and shown, without effect
create table if not exists system_permission (role oid not null, permission text not null, primary key (role, permission));
create or replace function rs_local_note_permissions(is_given boolean, permissions text[], roles text[]) returns void language sql as $$
  delete from redshift_catalog.system_permission p using pg_catalog.pg_roles r where r.oid = p.role and r.rolname = any (roles) and p.permission = any (permissions);
  insert into redshift_catalog.system_permission select r.oid, wanted from pg_catalog.pg_roles r cross join unnest(permissions) as wanted where is_given and r.rolname = any (roles) $$;
drop view if exists svv_system_privileges;
create view svv_system_privileges as
select upper(p.permission)::varchar as system_privilege, r.oid::integer as identity_id, rs_local_name(r.rolname) as identity_name, 'role'::varchar as identity_type
from system_permission p join pg_catalog.pg_roles r on r.oid = p.role;

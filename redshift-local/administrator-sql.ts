import { administrator } from './users.js';

/**
 * the administrator, of the whole server: no superuser of PostgreSQL, but a member of everybody, so that it owns what they own;
 * every statement can run again
 */
export const administratorSql = `
do $$
declare one name;
begin
  if to_regrole('${administrator}') is null then create role ${administrator}; comment on role ${administrator} is 'redshift user'; end if;
  alter role ${administrator} login createrole createdb;
  grant pg_read_all_data, pg_write_all_data, pg_maintain, pg_monitor, pg_signal_backend to ${administrator};
  -- ISOLATION LEVEL of a database is kept in a setting of ours
  grant set on parameter redshift.isolation_level to ${administrator};
  for one in
    select r.rolname from pg_catalog.pg_roles r where not r.rolsuper and r.oid >= 16384 and r.rolname <> '${administrator}'
    and not exists (select from pg_catalog.pg_auth_members m where m.roleid = r.oid and m.member = to_regrole('${administrator}') and m.inherit_option and m.admin_option)
  loop execute format('grant %I to ${administrator} with admin true, inherit true, set true', one); end loop;
end $$;
`;

-- users, groups and roles are PostgreSQL's roles here; a name without ROLE or GROUP is a user's
create or replace function rs_local_require_principal(kind text, wanted text) returns void language plpgsql stable as $$
declare found text;
begin
  select coalesce(shobj_description(oid, 'pg_authid'), 'redshift user') into found from pg_catalog.pg_roles where rolname = wanted;
  if found is null or found = 'redshift ' || kind then return; end if;
  raise exception '% "%" does not exist: "%" is a %', kind, wanted, wanted, substr(found, 10) using errcode = '42704',
    hint = case found when 'redshift user' then 'leave ' || upper(kind) || ' out' else 'say ' || upper(substr(found, 10)) || ' ' || wanted end;
end $$;

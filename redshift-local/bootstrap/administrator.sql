-- Redshift's superuser: it owns, or is a member of who owns, whatever users make; PostgreSQL's own superuser stays the service's
create or replace function rs_local_administrator() returns name language sql immutable as $$ select 'awsuser'::name $$;
create or replace function rs_local_is_superuser(name default session_user) returns boolean language sql stable as $$
  select $1 = redshift_catalog.rs_local_administrator() or exists (select from pg_catalog.pg_roles where rolname = $1 and rolsuper) $$;
create or replace function rs_local_require_superuser(work text) returns void language plpgsql stable as $$
begin
  if not redshift_catalog.rs_local_is_superuser() then raise exception 'must be superuser to %', work using errcode = '42501'; end if;
end $$;
create or replace function rs_local_owner_change(kind text, target oid, new_owner name) returns text language sql stable as $$
  select format('alter %s %s owner to %I', kind, case kind when 'procedure' then target::regprocedure::text else target::regclass::text end, new_owner) $$;
-- the administrator gives to anybody, where PostgreSQL asks for a new owner who may create in the schema
create or replace function rs_local_give(kind text, target oid, new_owner name) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform redshift_catalog.rs_local_require_superuser('change an owner');
  execute redshift_catalog.rs_local_owner_change(kind, target, new_owner);
end $$;
create or replace function rs_local_hand_over(kind text, target oid, new_owner name) returns void language plpgsql as $$
begin
  if redshift_catalog.rs_local_is_superuser() then perform redshift_catalog.rs_local_give(kind, target, new_owner);
  else execute redshift_catalog.rs_local_owner_change(kind, target, new_owner);
  end if;
end $$;
-- what PostgreSQL's superuser makes past the rules, or an earlier version has made: one object, or all
create or replace function rs_local_adopt(only_object oid) returns void language plpgsql security definer set search_path = pg_catalog as $$
declare change text; administrator name := redshift_catalog.rs_local_administrator();
begin
  for change in
    select format('alter schema %I owner to %I', n.nspname, administrator) from pg_namespace n join pg_roles r on r.oid = n.nspowner and r.rolsuper
    where (only_object is null or n.oid = only_object) and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift)'
    union all
    select format('alter %s %I.%I owner to %I', case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, n.nspname, c.relname, administrator)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner and r.rolsuper
    where (only_object is null or c.oid = only_object) and c.relkind in ('r', 'v', 'm', 'p') and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift)'
    union all
    select format('alter routine %s owner to %I', p.oid::regprocedure, administrator)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner and r.rolsuper
    where (only_object is null or p.oid = only_object) and p.prokind in ('f', 'p') and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift)'
  loop execute change; end loop;
end $$;
revoke execute on function rs_local_adopt(oid) from public;
select rs_local_adopt(null);
do $$ begin
  if exists (select from pg_database d join pg_roles r on r.oid = d.datdba and r.rolsuper where d.datname = current_database()) then
    execute format('alter database %I owner to %I', current_database(), redshift_catalog.rs_local_administrator());
  end if;
end $$;

-- how a session begins: who signs in by IAM is made, and has the roles of the tag RedshiftDbRoles that exist by now
create or replace function rs_local_sign_in(wanted name, held text[], is_made boolean) returns void language plpgsql as $$
declare one text; administrator name := redshift_catalog.rs_local_administrator(); is_there boolean := to_regrole(quote_ident(wanted)) is not null;
begin
  if not is_there and not is_made then raise exception 'user "%" does not exist', wanted using errcode = '28000'; end if;
  select array_agg(role) into held from unnest(held) as role
  where exists (select from pg_roles r where r.rolname = role and shobj_description(r.oid, 'pg_authid') = 'redshift role')
    and not exists (select from pg_auth_members m where m.roleid = to_regrole(quote_ident(role)) and m.member = to_regrole(quote_ident(wanted)));
  if is_there and held is null then return; end if;
  -- of the whole server: two sign-ins at once do not meet; a query after the wait would still see what was there before it
  lock table pg_catalog.pg_authid in share row exclusive mode;
  if to_regrole(quote_ident(wanted)) is null then
    execute format('create role %I login', wanted);
    execute format('comment on role %I is %L', wanted, 'redshift user');
    execute format('grant %I to %I with admin true, inherit true, set true', wanted, administrator);
  end if;
  foreach one in array coalesce(held, '{}') loop execute format('grant %I to %I granted by %I', one, wanted, administrator); end loop;
end $$;
revoke execute on function rs_local_sign_in(name, text[], boolean) from public;

-- permissions on all objects of a kind in a schema or database, current and future, of any owner: each grantee has a role of ours
-- beside, which holds them, so that they and those on single objects are granted and revoked apart
create table if not exists _redshift_data.scopes (
  holder oid not null, kind text not null, schema_id oid not null, privilege text not null, primary key (holder, kind, schema_id, privilege));
create or replace function rs_local_scope_targets(wanted_kind text, wanted_schema oid) returns table (target text, object_id oid) language sql stable security definer set search_path = pg_catalog as $$
  select format('table %s', c.oid::regclass), c.oid from pg_class c where wanted_kind = 'tables' and c.relkind in ('r', 'v', 'm', 'p')
    and case when wanted_schema = 0 then redshift_catalog.rs_local_is_own(c.relnamespace::regnamespace::text::name) else c.relnamespace = wanted_schema end
  union all
  select format('routine %s', p.oid::regprocedure), p.oid from pg_proc p where wanted_kind = 'functions' and p.prokind in ('f', 'p')
    and case when wanted_schema = 0 then redshift_catalog.rs_local_is_own(p.pronamespace::regnamespace::text::name) else p.pronamespace = wanted_schema end
  union all
  select format('schema %I', n.nspname), n.oid from pg_namespace n where wanted_kind = 'schemas' and redshift_catalog.rs_local_is_own(n.nspname) $$;
-- a scope names no object, so one that others drop meanwhile does not matter to it. Not for what this transaction has made: the
-- handler is a transaction within it, and what is changed there does not look like new any more
create or replace function rs_local_change_rights(change text) returns void language plpgsql set search_path = pg_catalog as $$
begin
  execute change;
exception when undefined_table or undefined_function or invalid_schema_name then
  null;
end $$;
create or replace function rs_local_apply_scopes(only_holder oid) returns void language plpgsql security definer set search_path = pg_catalog as $$
declare change text;
begin
  for change in
    select format('grant %s on %s to %I', string_agg(distinct s.privilege, ', '), t.target, r.rolname)
    from _redshift_data.scopes s join pg_roles r on r.oid = s.holder cross join lateral redshift_catalog.rs_local_scope_targets(s.kind, s.schema_id) t
    where s.holder = only_holder group by t.target, r.rolname
  loop perform redshift_catalog.rs_local_change_rights(change); end loop;
end $$;
create or replace function rs_local_change_scope(changed_kind text, schema_name text, database_name text, privileges text[], grantee text, is_grant boolean)
  returns void language plpgsql security definer set search_path = pg_catalog as $$
declare scope_schema oid := 0; holder_name text; change text;
begin
  if not redshift_catalog.rs_local_is_superuser() then raise exception 'permission denied to % scoped permissions', case when is_grant then 'grant' else 'revoke' end using errcode = '42501'; end if;
  if database_name <> current_database() then
    raise exception 'scoped permissions are of the connected database "%", not of "%"', current_database(), database_name using errcode = '0A000'; end if;
  if schema_name is not null then
    scope_schema := to_regnamespace(quote_ident(schema_name));
    if scope_schema is null then raise exception 'schema "%" does not exist', schema_name using errcode = '3F000'; end if;
  end if;
  if to_regrole(quote_ident(grantee)) is null then raise exception 'user "%" does not exist', grantee using errcode = '42704'; end if;
  holder_name := 'rs_scope_' || to_regrole(quote_ident(grantee))::oid;
  if to_regrole(holder_name) is null then
    lock table pg_catalog.pg_authid in share row exclusive mode;
    if to_regrole(holder_name) is null then
      execute format('create role %I', holder_name);
      execute format('grant %I to %I', holder_name, grantee);
    end if;
  end if;
  if is_grant then
    insert into _redshift_data.scopes select to_regrole(holder_name), changed_kind, scope_schema, p from unnest(privileges) p on conflict do nothing;
  else
    delete from _redshift_data.scopes s where s.holder = to_regrole(holder_name) and s.kind = changed_kind and s.schema_id = scope_schema and s.privilege = any (privileges);
    for change in select format('revoke %s on %s from %I', array_to_string(privileges, ', '), t.target, holder_name) from redshift_catalog.rs_local_scope_targets(changed_kind, scope_schema) t
    loop perform redshift_catalog.rs_local_change_rights(change); end loop;
  end if;
  perform redshift_catalog.rs_local_apply_scopes(to_regrole(holder_name));
end $$;
-- what is made belongs to a user, and to the scopes that it is in. Of what this transaction and another have changed since it began, like the
-- rights of a schema, it sees two rows in the catalog: no subquery here may want just one
create or replace function rs_local_on_create() returns event_trigger language plpgsql security definer set search_path = pg_catalog as $$
declare made record; change text;
begin
  for made in
    select c.objid, c.object_identity as identity, case c.object_type when 'schema' then 'schemas' when 'function' then 'functions' when 'procedure' then 'functions' else 'tables' end as kind,
      to_regnamespace(quote_ident(c.schema_name)) as schema_id, coalesce(c.schema_name, (parse_ident(c.object_identity))[1]) as schema_name,
      exists (
        select from pg_class where oid = c.objid and c.classid = 'pg_class'::regclass and relowner = any (supers.oids)
        union all select from pg_proc where oid = c.objid and c.classid = 'pg_proc'::regclass and proowner = any (supers.oids)
        union all select from pg_namespace where oid = c.objid and c.classid = 'pg_namespace'::regclass and nspowner = any (supers.oids)) as is_of_superuser
    from pg_event_trigger_ddl_commands() c, (select array_agg(oid) as oids from pg_authid where rolsuper) supers where c.object_type in ('table', 'view', 'materialized view', 'function', 'procedure', 'schema')
  loop
    if made.is_of_superuser then perform redshift_catalog.rs_local_adopt(made.objid); end if;
    continue when made.schema_name ~ '^(pg_|_redshift)';
    for change in
      select format('grant %s on %s %s to %I', string_agg(distinct s.privilege, ', '), case made.kind when 'tables' then 'table' when 'functions' then 'routine' else 'schema' end, made.identity, r.rolname)
      from _redshift_data.scopes s join pg_roles r on r.oid = s.holder
      where s.kind = made.kind and case s.schema_id when 0 then redshift_catalog.rs_local_is_own(made.schema_name) else s.schema_id = made.schema_id end
      group by r.rolname
    loop execute change; end loop;
  end loop;
end $$;
do $$ begin
  if not exists (select from pg_event_trigger where evtname = 'rs_local_scopes') then
    create event trigger rs_local_scopes on ddl_command_end
      when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE VIEW', 'CREATE MATERIALIZED VIEW', 'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE SCHEMA')
      execute function rs_local_on_create();
  end if;
end $$;
-- a right to alter or drop what another owns, which PostgreSQL lacks: its holder owns the table for the length of the statement
create or replace function rs_local_borrow(target oid, is_kept boolean) returns void language plpgsql security definer set search_path = pg_catalog as $$
declare owned record;
begin
  perform set_config('redshift.borrowed', '', true);
  select c.oid::regclass::text as name, c.relowner as owner, case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind
  into owned from pg_class c where c.oid = target;
  if owned.name is null or pg_has_role(session_user, owned.owner, 'usage') or not has_table_privilege(session_user, target, 'maintain') then return; end if;
  if is_kept then perform set_config('redshift.borrowed', target || ' ' || owned.owner, true); end if;
  execute format('alter %s %s owner to %I', owned.kind, owned.name, session_user);
end $$;
create or replace function rs_local_give_back() returns void language plpgsql security definer set search_path = pg_catalog as $$
declare said text := coalesce(current_setting('redshift.borrowed', true), '');
begin
  if said = '' then return; end if;
  perform set_config('redshift.borrowed', '', true);
  execute format('alter table %s owner to %I', split_part(said, ' ', 1)::oid::regclass, pg_get_userbyid(split_part(said, ' ', 2)::oid));
end $$;

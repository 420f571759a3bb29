create or replace function rs_local_require_table(regclass) returns void language plpgsql as $$
begin
  if (select relkind from pg_class where oid = $1) <> 'r' then raise exception 'MERGE takes tables only: % is a view', $1; end if;
end $$;

-- INSERT, UPDATE and DELETE: what is not there is PostgreSQL's to refuse
create or replace function rs_local_require_no_view(named text, verb text) returns void language plpgsql stable as $$
begin
  if (select relkind from pg_catalog.pg_class where oid = to_regclass(named)) in ('v', 'm') then
    raise exception 'cannot % a view', verb using errcode = '0A000',
      hint = format('You need an unconditional ON %s DO INSTEAD rule.', upper(split_part(verb, ' ', 1)));
  end if;
end $$;

create or replace function rs_local_require_shown(regclass, is_view boolean) returns void language plpgsql stable as $$
begin
  if (select relkind in ('v', 'm') from pg_class where oid = $1) <> is_view then
    raise exception '"%" is not a %', $1, case when is_view then 'view' else 'table' end using errcode = '42809', hint = case when is_view then 'use SHOW TABLE' else 'use SHOW VIEW' end;
  end if;
end $$;
create or replace function rs_local_comment_on_view(named text, said text) returns void language plpgsql as $$
begin
  execute format('comment on %s %s is %L', case (select relkind from pg_class where oid = to_regclass(named)) when 'm' then 'materialized view' else 'view' end, named, said);
end $$;

-- ALTER COLUMN TYPE: a VARCHAR gets another size, nothing else
create or replace function rs_local_require_varchar(regclass, text) returns void language plpgsql as $$
declare kind oid;
begin
  select atttypid into kind from pg_attribute where attrelid = $1 and attname = $2 and attnum > 0 and not attisdropped;
  if kind is null then raise exception 'column "%" of relation "%" does not exist', $2, $1; end if;
  if kind <> 'varchar'::regtype then raise exception 'target data type is not supported: only the size of a VARCHAR column can be changed, "%" is %', $2, format_type(kind, null); end if;
end $$;

-- ALTER TABLE APPEND: the same columns by name and type, in any order
create or replace function rs_local_append(target regclass, source regclass, mode text) returns void language plpgsql as $$
declare names text; odd text;
begin
  if (select count(*) from pg_class where oid in (target, source) and relkind = 'r' and relpersistence = 'p') < 2 then
    raise exception 'ALTER TABLE APPEND takes two different permanent tables';
  end if;
  if redshift_catalog.rs_local_reldiststyle(target) <> redshift_catalog.rs_local_reldiststyle(source) then
    raise exception 'ALTER TABLE APPEND: the tables differ in their distribution style' using errcode = '0A000';
  end if;
  with of_target as (select attname, atttypid, atttypmod, attnotnull, attidentity, redshift_catalog.rs_local_appended(atttypid, attfdwoptions) as traits from pg_attribute where attrelid = target and attnum > 0 and not attisdropped),
    of_source as (select attname, atttypid, atttypmod, attnotnull, attidentity, redshift_catalog.rs_local_appended(atttypid, attfdwoptions) as traits from pg_attribute where attrelid = source and attnum > 0 and not attisdropped)
  select string_agg(format('%I', t.attname), ', ') filter (where t.attname is not null and s.attname is not null),
    string_agg(coalesce(t.attname, s.attname)::text, ', ') filter (where t.attname is null and mode <> 'ignoreextra' or s.attname is null and mode <> 'filltarget'
      or t.atttypid <> s.atttypid or t.atttypmod <> s.atttypmod or t.attnotnull <> s.attnotnull or t.traits <> s.traits or 'a' in (t.attidentity, s.attidentity) and t.attname = s.attname)
  into names, odd from of_target t full join of_source s on s.attname = t.attname;
  if odd is not null then
    raise exception 'ALTER TABLE APPEND: the tables differ in the columns %: types, NOT NULL, encodings and keys must be equal, an IDENTITY column is not appended, IGNOREEXTRA and FILLTARGET allow columns of one side', odd;
  end if;
  execute format('insert into %s (%s) select %s from %s', target, names, names, source);
  execute format('truncate %s', source);
end $$;

-- late-binding views: known by their text, dropped before what they read changes, made again when it is there
create table if not exists late_binding_view (view_schema name, view_name name, definition text not null, primary key (view_schema, view_name));
-- false for a view that came past the Data API: its text is kept only while it waits for its tables
alter table late_binding_view add column if not exists is_given boolean not null default true;
-- the view's owner and grants, kept while its table is gone
alter table late_binding_view add column if not exists owner name;
alter table late_binding_view add column if not exists grants aclitem[];
-- views that were made as bound ones, through the Data API; all others came past it, from dbt, which makes late-binding ones on Redshift
create table if not exists bound_view (view oid primary key);
create or replace function rs_local_unbind(text) returns void language plpgsql security definer as $$
declare seen record;
begin
  for seen in
    select n.nspname as view_schema, c.relname as view_name, c.oid as view, pg_get_viewdef(c.oid) as query, pg_get_userbyid(c.relowner) as owner, c.relacl as grants from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and redshift_catalog.rs_local_is_own(n.nspname) and c.oid not in (select view from redshift_catalog.bound_view)
    and c.oid <> to_regclass($1) and exists (select 1 from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid where r.ev_class = c.oid and d.refobjid = to_regclass($1))
  loop
    perform redshift_catalog.rs_local_unbind(format('%I.%I', seen.view_schema, seen.view_name));
    insert into redshift_catalog.late_binding_view values (seen.view_schema, seen.view_name, format('create view %I.%I as %s', seen.view_schema, seen.view_name, seen.query), false, seen.owner, seen.grants)
      on conflict (view_schema, view_name) do update set owner = excluded.owner, grants = excluded.grants;
    execute format('drop view if exists %I.%I', seen.view_schema, seen.view_name);
  end loop;
end $$;
create or replace function rs_local_rebind() returns void language plpgsql security definer as $$
declare seen record; granted record; made integer := 1;
begin
  while made > 0 loop
    made := 0;
    for seen in select * from redshift_catalog.late_binding_view v where to_regnamespace(quote_ident(v.view_schema)) is not null and to_regclass(format('%I.%I', v.view_schema, v.view_name)) is null loop
      begin
        -- the catalog says what is there now, the row what was there when the transaction began: one that was dropped or renamed since has gone
        perform from redshift_catalog.late_binding_view v where v.view_schema = seen.view_schema and v.view_name = seen.view_name for share nowait;
        continue when not found;
        execute seen.definition;
        if to_regrole(quote_ident(seen.owner)) is not null then execute format('alter view %I.%I owner to %I', seen.view_schema, seen.view_name, seen.owner); end if;
        for granted in select a.privilege_type, case a.grantee when 0 then 'public' else quote_ident(r.rolname) end as grantee, case when a.is_grantable then ' with grant option' else '' end as option
          from aclexplode(seen.grants) a left join pg_roles r on r.oid = a.grantee where a.grantee = 0 or r.rolname <> seen.owner
        loop execute format('grant %s on %I.%I to %s%s', granted.privilege_type, seen.view_schema, seen.view_name, granted.grantee, granted.option); end loop;
        delete from redshift_catalog.late_binding_view where view_schema = seen.view_schema and view_name = seen.view_name and not is_given;
        made := made + 1;
      exception when undefined_table or undefined_column or undefined_function or invalid_schema_name or serialization_failure or lock_not_available then null;
      end;
    end loop;
  end loop;
end $$;
-- whose the view of this name is, also while it waits; who may not replace or drop it is refused
create or replace function rs_local_view_owner(text, text, out owner name, out grants aclitem[]) language plpgsql stable security definer as $$
begin
  select pg_get_userbyid(c.relowner), c.relacl into owner, grants from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2;
  if not found then select v.owner, v.grants into owner, grants from redshift_catalog.late_binding_view v where v.view_schema = $1 and v.view_name = $2; end if;
  if to_regrole(quote_ident(owner)) is not null and not pg_has_role(session_user, owner, 'usage') then raise exception 'must be owner of view %', $2 using errcode = '42501'; end if;
end $$;
create or replace function rs_local_late_binding_view(text, text, text, boolean) returns void language plpgsql as $$
declare earlier record;
begin
  if to_regnamespace(quote_ident($1)) is not null and not has_schema_privilege($1, 'create') then raise exception 'permission denied for schema %', $1 using errcode = '42501'; end if;
  if exists (select 1 from pg_class c where c.oid = to_regclass(format('%I.%I', $1, $2)) and c.relkind <> 'v') then raise exception 'relation "%" is no view', $2; end if;
  if not $4 and (to_regclass(format('%I.%I', $1, $2)) is not null or exists (select 1 from redshift_catalog.late_binding_view where view_schema = $1 and view_name = $2)) then
    raise exception 'relation "%" already exists', $2;
  end if;
  select * into earlier from redshift_catalog.rs_local_view_owner($1, $2);
  perform redshift_catalog.rs_local_unbind(format('%I.%I', $1, $2));
  execute format('drop view if exists %I.%I', $1, $2);
  insert into redshift_catalog.late_binding_view values ($1, $2, $3, true, coalesce(earlier.owner, session_user), earlier.grants)
    on conflict (view_schema, view_name) do update set definition = excluded.definition, is_given = true, owner = excluded.owner, grants = excluded.grants;
  perform redshift_catalog.rs_local_rebind();
end $$;
-- before DROP VIEW: one that waits for its tables must be there to be dropped
create or replace function rs_local_forget(text, text) returns void language plpgsql as $$
begin
  if to_regclass(format('%I.%I', $1, $2)) is null then perform redshift_catalog.rs_local_view_owner($1, $2); end if;
  delete from redshift_catalog.late_binding_view where view_schema = $1 and view_name = $2;
  if found and to_regclass(format('%I.%I', $1, $2)) is null then execute format('create view %I.%I as select 1 as gone', $1, $2); end if;
end $$;
-- a subquery of a kind that may not be correlated: its columns without a table's name are of its own tables
create or replace function rs_local_refuse_outer(message text, names text[], relations text[]) returns void language plpgsql stable as $$
begin
  if exists (select from unnest(relations) r where to_regclass(r) is null) then return; end if;
  if exists (select from unnest(names) n where not exists (
    select from pg_attribute a join unnest(relations) r on a.attrelid = to_regclass(r) where a.attname = n and a.attnum > 0 and not a.attisdropped)) then
    raise exception '%', message using errcode = '0A000';
  end if;
end $$;
create or replace function rs_local_require_for_bound_view(relations text[]) returns void language plpgsql stable as $$
declare found text;
begin
  select r into found from unnest(relations) r where to_regclass(r)::oid in (select id from _redshift_data.external_tables) limit 1;
  if found is not null then raise exception 'External tables are not supported in views: % is one; add WITH NO SCHEMA BINDING', found using errcode = '0A000'; end if;
end $$;
create or replace function rs_local_require_for_late_binding_view(relations text[]) returns void language plpgsql stable as $$
declare missing text;
begin
  select said into missing from (select (parse_ident(r))[1] as said from unnest(relations) r where cardinality(parse_ident(r)) > 1) s where to_regnamespace(quote_ident(said)) is null limit 1;
  if missing is not null then raise exception 'schema "%" does not exist', missing using errcode = '3F000'; end if;
end $$;
create or replace function rs_local_require_for_auto_refresh(relations text[]) returns void language plpgsql stable as $$
declare found text;
begin
  select r into found from unnest(relations) r join pg_class c on c.oid = to_regclass(r) where c.relkind = 'm' or c.oid in (select id from _redshift_data.external_tables) limit 1;
  if found is not null then raise exception 'AUTO REFRESH YES takes no materialized views and no external tables: % is one', found using errcode = '0A000', hint = 'leave it out, and refresh the view yourself'; end if;
end $$;
-- CREATE OR REPLACE VIEW: as many columns as before
create or replace function rs_local_width(text) returns text language sql stable as $$
  select count(*)::text from pg_attribute where attrelid = to_regclass($1) and attnum > 0 $$;
create or replace function rs_local_note_width(text) returns void language sql as $$ select set_config('redshift.width', redshift_catalog.rs_local_width($1), true) $$;
create or replace function rs_local_require_width(text) returns void language plpgsql as $$
begin
  if current_setting('redshift.width') not in ('0', redshift_catalog.rs_local_width($1)) then
    raise exception 'cannot change number of columns in view' using errcode = '42P16', hint = 'DROP the view, and CREATE it';
  end if;
end $$;
create or replace function rs_local_require_for_materialized_view(relations text[]) returns void language plpgsql stable as $$
declare found text;
begin
  select r into found from unnest(relations) r join pg_class c on c.oid = to_regclass(r) where c.relkind = 'v' or c.relpersistence = 't' limit 1;
  if found is not null then raise exception 'a materialized view reads no views, temporary or system tables: % is one', found using errcode = '0A000'; end if;
end $$;
-- DECLARE: a session has one cursor open at a time
create or replace function rs_local_one_cursor(text) returns void language plpgsql as $$
declare other text;
begin
  select name into other from pg_catalog.pg_cursors where statement like 'declare %' and name <> 'rs_local';
  if other is not null then raise exception 'cannot declare cursor "%": "%" is open, and only one cursor may be open at a time', $1, other using errcode = '24000'; end if;
end $$;
-- a table's row type has the table's name: one called `date` or `text` would go before the type, since pg_catalog comes last here
create or replace function rs_local_hide_row_types() returns event_trigger language plpgsql security definer as $$
begin
  update pg_catalog.pg_type t set typname = 'rs_local_row_' || t.typname from pg_event_trigger_ddl_commands() c
  where c.classid = 'pg_catalog.pg_class'::regclass and t.typrelid = c.objid
    and exists (select from pg_catalog.pg_type b where b.typnamespace = 'pg_catalog'::regnamespace and b.typname = t.typname);
end $$;
drop event trigger if exists rs_local_row_types;
create event trigger rs_local_row_types on ddl_command_end execute function redshift_catalog.rs_local_hide_row_types();

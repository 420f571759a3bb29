-- what a session is asked about itself; only what wrote through the Data API has a number here
create or replace function rs_local_user_id() returns integer language sql stable as $$ select usesysid::integer from pg_user where usename = current_user $$;
create or replace function rs_local_namespace() returns varchar language sql immutable as $$ select '00000000-0000-0000-0000-000000000000'::varchar $$;
create or replace function rs_local_account() returns bigint language sql immutable as $$ select 123456789012 $$;
create or replace function default_iam_role() returns varchar language sql immutable as $$ select 'arn:aws:iam::123456789012:role/default'::varchar $$;
create or replace function db_collation() returns varchar language sql immutable as $$ select 'case_sensitive'::varchar $$;
create or replace function pg_last_query_id() returns integer language sql stable as $$ select -1 $$;
create or replace function pg_last_unload_id() returns integer language sql stable as $$ select -1 $$;
create or replace function pg_last_unload_count() returns bigint language sql stable as $$ select 0::bigint $$;
create or replace function slice_num() returns integer language sql immutable as $$ select 10000 $$;
create or replace function current_schemas(boolean) returns name[] language sql stable as $$
  select case when $1 then '{pg_catalog}'::name[] else '{}' end || array(select name from unnest(pg_catalog.current_schemas(false)) with ordinality as list (name, at)
    where name not in ('redshift_catalog', 'pg_catalog') order by at) $$;
create or replace function pg_timezone_abbrevs() returns setof record language sql stable as $$ select abbrev, utc_offset, is_dst from pg_catalog.pg_timezone_abbrevs $$;
-- DROP and ALTER PROCEDURE name the arguments that CALL gives; OUT ones come after them
-- CALL in a procedure
create or replace function rs_local_call_depth(change integer) returns void language plpgsql as $$
declare depth integer := coalesce(nullif(current_setting('redshift.call_depth', true), ''), '0')::integer + change;
begin
  if depth >= 16 then raise exception 'stored procedure nested call limit exceeded: 16 levels' using errcode = '54001'; end if;
  perform set_config('redshift.call_depth', greatest(depth, 0)::text, true);
end $$;
create or replace function rs_local_change_procedure(verb text, named text, given text[], change text) returns void language plpgsql as $$
declare found oid; types oid[] := array(select item::regtype::oid from unnest(given) with ordinality as list (item, at) order by at); parts text[] := parse_ident(named);
begin
  select p.oid into found from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.prokind = 'p' and parts[array_length(parts, 1)] = p.proname and case when array_length(parts, 1) = 2 then parts[1] = n.nspname else n.nspname = any (current_schemas(true)) end
    and p.pronargs - p.pronargdefaults = cardinality(types) and array(select unnest(p.proargtypes) limit cardinality(types)) = types;
  if found is null then raise exception 'procedure %(%) does not exist', named, array_to_string(types::regtype[], ', ') using errcode = '42883'; end if;
  if change like 'owner to %' then perform redshift_catalog.rs_local_hand_over('procedure', found, case substr(change, 10) when 'current_user' then current_user when 'session_user' then session_user else (parse_ident(substr(change, 10)))[1] end);
  else execute format('%s procedure %s %s', verb, found::regprocedure, change);
  end if;
end $$;

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

-- windows that pass over nulls: PostgreSQL 18 has none, a strict aggregate does
create or replace function rs_local_keep(anyelement, anyelement) returns anyelement language sql immutable strict as $$ select $1 $$;
create or replace function rs_local_take(anyelement, anyelement) returns anyelement language sql immutable strict as $$ select $2 $$;
create or replace aggregate rs_local_first(anyelement) (sfunc = rs_local_keep, stype = anyelement);
create or replace aggregate rs_local_last(anyelement) (sfunc = rs_local_take, stype = anyelement);
-- the last n values, or the first n, behind as many nulls as are missing
create or replace function rs_local_last_of(state anycompatiblearray, value anycompatible, n integer) returns anycompatiblearray language plpgsql immutable as $$
begin
  if cardinality(state) = 0 then state := array_fill(null::text, array[n]); end if;
  return case when value is null then state else state[2:] || value end;
end $$;
create or replace function rs_local_first_of(state anycompatiblearray, value anycompatible, n integer) returns anycompatiblearray language plpgsql immutable as $$
begin
  if cardinality(state) = 0 then state := array_fill(null::text, array[n]); end if;
  return case when value is null or state[1] is not null then state else state[2:] || value end;
end $$;
create or replace function rs_local_oldest(anycompatiblearray, anycompatible, integer) returns anycompatible language sql immutable as $$ select $1[1] $$;
create or replace function rs_local_newest(anycompatiblearray, anycompatible, integer) returns anycompatible language sql immutable as $$ select case when $1[1] is not null then $1[cardinality($1)] end $$;
create or replace aggregate rs_local_back(anycompatible, integer) (sfunc = rs_local_last_of, stype = anycompatiblearray, finalfunc = rs_local_oldest, finalfunc_extra, initcond = '{}');
create or replace aggregate rs_local_nth(anycompatible, integer) (sfunc = rs_local_first_of, stype = anycompatiblearray, finalfunc = rs_local_newest, finalfunc_extra, initcond = '{}');

-- a cast that fails gives null; one that does not exist is an error still
create or replace function rs_local_try_cast(value anynonarray, target anycompatible, kind text) returns anycompatible language plpgsql stable as $$
declare found target%type;
begin
  execute format('select cast($1 as %s)', kind) into found using value;
  return found;
exception when data_exception then return null;
end $$;

-- PERCENTILE_CONT and PERCENTILE_DISC as windows: over the values of the partition
create or replace aggregate rs_local_values(anycompatible) (sfunc = array_append, stype = anycompatiblearray, initcond = '{}');
create or replace function rs_local_percentile_disc(anyarray, double precision, boolean) returns anyelement language sql immutable as $$
  select case when $3 then (select percentile_disc($2) within group (order by value desc) from unnest($1) as value) else (select percentile_disc($2) within group (order by value) from unnest($1) as value) end $$;

create or replace function rs_local_avg_state(numeric[], bigint) returns numeric[] language sql immutable as $$ select case when $2 is null then $1 else array[$1[1] + 1, $1[2] + $2] end $$;
create or replace function rs_local_avg_state(numeric[], integer) returns numeric[] language sql immutable as $$ select case when $2 is null then $1 else array[$1[1] + 1, $1[2] + $2] end $$;
create or replace function rs_local_avg_state(numeric[], smallint) returns numeric[] language sql immutable as $$ select case when $2 is null then $1 else array[$1[1] + 1, $1[2] + $2] end $$;
create or replace function rs_local_avg_final(numeric[]) returns bigint language sql immutable as $$ select case when $1[1] > 0 then pg_catalog.trunc($1[2] / $1[1])::bigint end $$;
create or replace aggregate avg(bigint) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_avg_final, initcond = '{0,0}');
create or replace aggregate avg(integer) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_avg_final, initcond = '{0,0}');
create or replace aggregate avg(smallint) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_avg_final, initcond = '{0,0}');

-- AVG over a decimal has the decimal's own scale: the sum has it
create or replace function rs_local_avg_state(numeric[], numeric) returns numeric[] language sql immutable as $$ select case when $2 is null then $1 else array[$1[1] + 1, $1[2] + $2] end $$;
create or replace function rs_local_avg_scaled(numeric[]) returns numeric language sql immutable as $$ select case when $1[1] > 0 then pg_catalog.trunc($1[2] / $1[1], scale($1[2])) end $$;
create or replace aggregate avg(numeric) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_avg_scaled, initcond = '{0,0}');

-- between the two values around a place; a decimal has one digit more, and as many as it needs
create or replace function rs_local_interpolated(numeric[], numeric, boolean) returns numeric language sql immutable as $$
  with ranked as (select value, row_number() over (order by value) as at, count(*) over () as total from unnest($1) as value where value is not null),
    placed as (select 1 + case when $3 then 1 - $2 else $2 end * (max(total) - 1) as place, max(scale(value)) + 1 as digits from ranked),
    found as (select digits, trim_scale((select value from ranked where at = floor(place)) * (1 - place + floor(place)) + (select value from ranked where at = ceil(place)) * (place - floor(place))) as value from placed)
  select pg_catalog.round(value, greatest(digits, scale(value))) from found $$;
create or replace function rs_local_interpolated(double precision[], numeric, boolean) returns double precision language sql immutable as $$
  select percentile_cont(case when $3 then 1 - $2 else $2 end::double precision) within group (order by value) from unnest($1) as value $$;
do $$
declare kind text;
begin
  foreach kind in array array['smallint', 'integer', 'bigint'] loop
    execute format('create or replace function rs_local_interpolated(%s[], numeric, boolean) returns numeric language sql immutable as $f$ select redshift_catalog.rs_local_interpolated($1::numeric[], $2, $3) $f$', kind);
  end loop;
  foreach kind in array array['date', 'timestamp', 'timestamptz'] loop
    execute format('create or replace function rs_local_interpolated(%s[], numeric, boolean) returns %s language sql immutable as $f$
      select %s ''2000-01-01'' + percentile_cont(case when $3 then 1 - $2 else $2 end::double precision) within group (order by value::timestamp - timestamp ''2000-01-01'') from unnest($1) as value $f$', kind, case when kind = 'date' then 'timestamp' else kind end, case when kind = 'date' then 'timestamp' else kind end);
  end loop;
  foreach kind in array array['numeric', 'smallint', 'integer', 'bigint', 'date', 'timestamp', 'timestamptz'] loop
    execute format('create or replace function rs_local_percentile_of(%s[], numeric) returns %s language sql immutable as $f$ select redshift_catalog.rs_local_interpolated($1, $2, false)::%s $f$',
      kind, case when kind ~ 'int' then 'numeric' else kind end, case when kind ~ 'int' then 'numeric' else kind end);
    execute format('create or replace aggregate percentile_cont(numeric order by %s) (sfunc = array_append, stype = %s[], finalfunc = rs_local_percentile_of, initcond = ''{}'')', kind, kind);
  end loop;
end $$;
create or replace function rs_local_median(numeric[]) returns numeric language sql immutable as $$ select redshift_catalog.rs_local_interpolated($1, 0.5, false) $$;
create or replace function rs_local_median(double precision[]) returns double precision language sql immutable as $$ select percentile_cont(0.5) within group (order by value) from unnest($1) as value $$;
create or replace function rs_local_median_state(numeric[], numeric) returns numeric[] language sql immutable as $$ select $1 || $2 $$;
create or replace function rs_local_median_state(numeric[], bigint) returns numeric[] language sql immutable as $$ select $1 || $2::numeric $$;
create or replace function rs_local_median_state(numeric[], integer) returns numeric[] language sql immutable as $$ select $1 || $2::numeric $$;
create or replace function rs_local_median_state(numeric[], smallint) returns numeric[] language sql immutable as $$ select $1 || $2::numeric $$;
create or replace function rs_local_median_state(double precision[], double precision) returns double precision[] language sql immutable as $$ select $1 || $2 $$;
create or replace aggregate median(numeric) (sfunc = rs_local_median_state, stype = numeric[], finalfunc = rs_local_median, initcond = '{}');
create or replace aggregate median(bigint) (sfunc = rs_local_median_state, stype = numeric[], finalfunc = rs_local_median, initcond = '{}');
create or replace aggregate median(integer) (sfunc = rs_local_median_state, stype = numeric[], finalfunc = rs_local_median, initcond = '{}');
create or replace aggregate median(smallint) (sfunc = rs_local_median_state, stype = numeric[], finalfunc = rs_local_median, initcond = '{}');
create or replace aggregate median(double precision) (sfunc = rs_local_median_state, stype = double precision[], finalfunc = rs_local_median, initcond = '{}');
do $$
declare kind text;
begin
  foreach kind in array array['date', 'timestamp', 'timestamptz'] loop
    execute format('create or replace function rs_local_median(%s[]) returns %s language sql immutable as $f$ select redshift_catalog.rs_local_interpolated($1, 0.5, false)::%s $f$', kind, kind, kind);
    execute format('create or replace aggregate median(%s) (sfunc = array_append, stype = %s[], finalfunc = rs_local_median, initcond = ''{}'')', kind, kind);
  end loop;
end $$;
-- BOOL_AND and BOOL_OR take whole numbers too; SUM and AVG no times, which PostgreSQL makes intervals of
do $$
declare kind text;
begin
  foreach kind in array array['smallint', 'integer', 'bigint'] loop
    execute format('create or replace function rs_local_all_state(boolean, %s) returns boolean language sql immutable as $f$ select case when $2 is null then $1 else coalesce($1, true) and $2 <> 0 end $f$', kind);
    execute format('create or replace function rs_local_some_state(boolean, %s) returns boolean language sql immutable as $f$ select case when $2 is null then $1 else coalesce($1, false) or $2 <> 0 end $f$', kind);
    execute format('create or replace aggregate bool_and(%s) (sfunc = rs_local_all_state, stype = boolean)', kind);
    execute format('create or replace aggregate bool_or(%s) (sfunc = rs_local_some_state, stype = boolean)', kind);
  end loop;
end $$;
create or replace function rs_local_no_times(interval, time) returns interval language plpgsql immutable as $$ begin raise exception 'function does not exist: SUM and AVG take no TIME' using errcode = '42883'; end $$;
create or replace aggregate sum(time) (sfunc = rs_local_no_times, stype = interval);
create or replace aggregate avg(time) (sfunc = rs_local_no_times, stype = interval);
create or replace function round(double precision) returns double precision language sql immutable strict as $$ select sign($1) * floor(abs($1) + 0.5) $$;

-- LISTAGG passes over empty strings, and ends at the size of a VARCHAR
create or replace function rs_local_filled(varchar) returns varchar language sql immutable strict as $$ select case when octet_length($1) > 0 then $1 end $$;
create or replace aggregate rs_local_collect(varchar) (sfunc = array_append, stype = varchar[]);
create or replace function rs_local_join_distinct(varchar[], varchar) returns varchar language sql immutable as $$
  select string_agg(value, $2 order by place) from (select value, min(at) as place from unnest($1) with ordinality as item (value, at) where value is not null group by value) as ranked $$;
create or replace function listagg(text) returns varchar language plpgsql immutable strict as $$
begin
  if octet_length($1) > 65535 then raise exception 'Result size exceeds LISTAGG limit: % bytes, 65535 are allowed', octet_length($1) using errcode = '54000'; end if;
  return $1;
end $$;

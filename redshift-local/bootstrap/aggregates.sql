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

create or replace function rs_local_median(numeric[]) returns numeric language sql immutable as $$
  select case when count(*) > 0 then (min(value) filter (where at >= (total + 1) / 2) + max(value) filter (where at <= total / 2 + 1)) / 2 end
  from (select value, row_number() over (order by value) as at, count(*) over () as total from unnest($1) as value where value is not null) as ranked $$;
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

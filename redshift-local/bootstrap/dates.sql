create or replace function getdate() returns timestamp language sql stable as $$ select date_trunc('second', statement_timestamp()::timestamp) $$;
create or replace function rs_local_sysdate() returns timestamp language sql stable as $$ select transaction_timestamp()::timestamp $$;
create or replace function dateadd(text, bigint, timestamp) returns timestamp language sql immutable strict as $$
  select case $1 when 'quarter' then $3 + make_interval(months => 3 * $2::int)
    -- a leap day and a year is the first of March, and twelve months the last of February
    when 'year' then $3 + make_interval(years => $2::int) + make_interval(days => (pg_catalog.date_part('day', $3) > pg_catalog.date_part('day', $3 + make_interval(years => $2::int)))::int)
    else $3 + ($2 || ' ' || $1)::interval end $$;
create or replace function dateadd(text, bigint, date) returns timestamp language sql immutable strict as $$ select redshift_catalog.dateadd($1, $2, $3::timestamp) $$;
create or replace function dateadd(text, bigint, timestamptz) returns timestamptz language sql immutable strict as $$
  select redshift_catalog.dateadd($1, $2, $3 at time zone 'UTC') at time zone 'UTC' $$;
-- a TIME has no days
create or replace function rs_local_part_of_time(text) returns text language plpgsql immutable strict as $$ begin
  if $1 not in ('hour', 'minute', 'second', 'milliseconds', 'microseconds') then raise exception '"time" units "%" not supported', $1 using errcode = '0A000'; end if;
  return $1;
end $$;
create or replace function dateadd(text, bigint, time) returns time language sql immutable strict as $$ select (redshift_catalog.dateadd(redshift_catalog.rs_local_part_of_time($1), $2, date '2000-01-01' + $3))::time $$;
create or replace function dateadd(text, bigint, timetz) returns timetz language sql immutable strict as $$ select ($3 + ($2 || ' ' || redshift_catalog.rs_local_part_of_time($1))::interval) at time zone 'UTC' $$;
-- a text is a TIMESTAMP; a literal too, which PostgreSQL takes for a TIMESTAMPTZ
create or replace function dateadd(text, bigint, text) returns timestamp language sql immutable strict as $$ select redshift_catalog.dateadd($1, $2, $3::timestamp) $$;
create or replace function datediff(text, timestamp, timestamp) returns bigint language sql immutable strict as $$
  select case $1
    when 'millennium' then ceil(extract(year from $3) / 1000) - ceil(extract(year from $2) / 1000)
    when 'century' then ceil(extract(year from $3) / 100) - ceil(extract(year from $2) / 100)
    when 'decade' then floor(extract(year from $3) / 10) - floor(extract(year from $2) / 10)
    when 'year' then extract(year from $3) - extract(year from $2)
    when 'quarter' then 4 * (extract(year from $3) - extract(year from $2)) + extract(quarter from $3) - extract(quarter from $2)
    when 'month' then 12 * (extract(year from $3) - extract(year from $2)) + extract(month from $3) - extract(month from $2)
    when 'week' then floor(($3::date - date '2000-01-02') / 7.0) - floor(($2::date - date '2000-01-02') / 7.0)
    when 'microseconds' then extract(epoch from $3) * 1000000 - extract(epoch from $2) * 1000000
    when 'milliseconds' then floor(extract(epoch from $3) * 1000) - floor(extract(epoch from $2) * 1000)
    when 'day' then $3::date - $2::date
    when 'hour' then extract(epoch from date_trunc('hour', $3) - date_trunc('hour', $2)) / 3600
    when 'minute' then extract(epoch from date_trunc('minute', $3) - date_trunc('minute', $2)) / 60
    when 'second' then extract(epoch from date_trunc('second', $3) - date_trunc('second', $2))
  end::bigint $$;
create or replace function datediff(text, date, date) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff($1, $2::timestamp, $3::timestamp) $$;
create or replace function datediff(text, timestamptz, timestamptz) returns bigint language sql immutable strict as $$
  select redshift_catalog.datediff($1, $2 at time zone 'UTC', $3 at time zone 'UTC') $$;
create or replace function datediff(text, time, time) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff(redshift_catalog.rs_local_part_of_time($1), date '2000-01-01' + $2, date '2000-01-01' + $3) $$;
create or replace function datediff(text, timetz, timetz) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff(redshift_catalog.rs_local_part_of_time($1), ($2 at time zone 'UTC')::time, ($3 at time zone 'UTC')::time) $$;
create or replace function datediff(text, text, text) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff($1, $2::timestamp, $3::timestamp) $$;
create or replace function datediff(text, text, timestamp) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff($1, $2::timestamp, $3) $$;
create or replace function datediff(text, timestamp, text) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff($1, $2, $3::timestamp) $$;
create or replace function datediff(text, text, date) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff($1, $2::timestamp, $3::timestamp) $$;
create or replace function datediff(text, date, text) returns bigint language sql immutable strict as $$ select redshift_catalog.datediff($1, $2::timestamp, $3::timestamp) $$;
create or replace function date_trunc(text, text) returns timestamp language sql immutable strict as $$ select pg_catalog.date_trunc($1, $2::timestamp) $$;
create or replace function date_part(text, text) returns double precision language sql immutable strict as $$ select pg_catalog.date_part($1, $2::timestamp) $$;
create or replace function date_trunc(text, date) returns timestamp language sql immutable strict as $$ select pg_catalog.date_trunc($1, $2::timestamp) $$;
create or replace function trunc(timestamp) returns date language sql immutable strict as $$ select $1::date $$;
create or replace function trunc(double precision, integer) returns double precision language sql immutable strict as $$ select pg_catalog.trunc($1::numeric, $2)::double precision $$;
create or replace function round(double precision, integer) returns double precision language sql immutable strict as $$ select pg_catalog.round($1::numeric, $2)::double precision $$;
create or replace function last_day(timestamp) returns date language sql immutable strict as $$ select (pg_catalog.date_trunc('month', $1) + interval '1 month' - interval '1 day')::date $$;
create or replace function last_day(text) returns date language sql immutable strict as $$ select redshift_catalog.last_day($1::timestamp) $$;
create or replace function add_months(timestamp, bigint) returns timestamp language sql immutable strict as $$
  select case when $1::date = redshift_catalog.last_day($1) then redshift_catalog.last_day(pg_catalog.date_trunc('month', $1) + make_interval(months => $2::int)) + $1::time
    else $1 + make_interval(months => $2::int) end $$;
create or replace function add_months(text, bigint) returns timestamp language sql immutable strict as $$ select redshift_catalog.add_months($1::timestamp, $2) $$;
create or replace function convert_timezone(text, timestamp) returns timestamp language sql immutable strict as $$ select ($2 at time zone 'UTC') at time zone $1 $$;
create or replace function convert_timezone(text, text, timestamp) returns timestamp language sql immutable strict as $$ select ($3 at time zone $1) at time zone $2 $$;
create or replace function convert_timezone(text, timestamptz) returns timestamp language sql immutable strict as $$ select $2 at time zone $1 $$;
create or replace function next_day(timestamp, text) returns date language plpgsql immutable strict as $$
declare wanted integer := array_position(array['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'], lower(left(trim($2), 2))) - 1;
begin
  if wanted is null or lower(trim($2)) not in ('su', 'mo', 'tu', 'we', 'th', 'fr', 'sa') and lower(trim($2)) !~ '^(sun|mon|tue|tues|wed|thu|thur|thurs|fri|sat|m|t|w|f)(day|sday|nesday|rsday|urday)?$' then
    raise exception 'NEXT_DAY: % is no day of the week', $2;
  end if;
  return $1::date + ((wanted - extract(dow from $1)::integer + 6) % 7 + 1);
end $$;
create or replace function months_between(timestamp, timestamp) returns double precision language sql immutable strict as $$
  select case when extract(day from $1) = extract(day from $2) or $1::date = redshift_catalog.last_day($1) and $2::date = redshift_catalog.last_day($2)
    then 12 * (extract(year from $1) - extract(year from $2)) + extract(month from $1) - extract(month from $2)
    else 12 * (extract(year from $1) - extract(year from $2)) + extract(month from $1) - extract(month from $2)
      + (extract(day from $1) - extract(day from $2) + extract(epoch from $1::time - $2::time) / 86400) / 31 end::double precision $$;
create or replace function date_part_year(date) returns integer language sql immutable strict as $$ select extract(year from $1)::integer $$;
create or replace function date_cmp(date, date) returns integer language sql immutable strict as $$ select sign($1 - $2)::integer $$;
create or replace function timestamp_cmp(timestamp, timestamp) returns integer language sql immutable strict as $$ select case when $1 < $2 then -1 when $1 > $2 then 1 else 0 end $$;
create or replace function date_cmp_timestamp(date, timestamp) returns integer language sql immutable strict as $$ select redshift_catalog.timestamp_cmp($1::timestamp, $2) $$;
create or replace function timestamp_cmp_date(timestamp, date) returns integer language sql immutable strict as $$ select redshift_catalog.timestamp_cmp($1, $2::timestamp) $$;
create or replace function timestamptz_cmp(timestamptz, timestamptz) returns integer language sql immutable strict as $$ select case when $1 < $2 then -1 when $1 > $2 then 1 else 0 end $$;
create or replace function timestamptz_cmp_date(timestamptz, date) returns integer language sql stable strict as $$ select redshift_catalog.timestamptz_cmp($1, $2::timestamptz) $$;
create or replace function timestamptz_cmp_timestamp(timestamptz, timestamp) returns integer language sql stable strict as $$ select redshift_catalog.timestamptz_cmp($1, $2::timestamptz) $$;
create or replace function timestamp_cmp_timestamptz(timestamp, timestamptz) returns integer language sql stable strict as $$ select redshift_catalog.timestamptz_cmp($1::timestamptz, $2) $$;
create or replace function date_cmp_timestamptz(date, timestamptz) returns integer language sql stable strict as $$ select redshift_catalog.timestamptz_cmp($1::timestamptz, $2) $$;
create or replace function interval_cmp(interval, interval) returns integer language sql immutable strict as $$ select pg_catalog.interval_cmp($1, $2) $$;
-- what is out of range runs over, unless it is asked for strictly: June 31st is July 1st
create or replace function rs_local_overflow(value text, format text) returns timestamp language plpgsql immutable strict as $$
declare part text; digits text; rest text := value; months integer := 1; years integer := 1; days integer := 1; clock interval := '0';
begin
  for part in select m[1] from regexp_matches(upper(format), '(YYYY|MM|DD|HH24|MI|SS|.)', 'g') as m loop
    if length(part) = 1 then
      if part ~ '[A-Z]' then return null; end if;
      rest := substr(rest, 2);
      continue;
    end if;
    digits := substring(rest from case part when 'YYYY' then '^\d{1,4}' else '^\d{1,2}' end);
    if digits is null then return null; end if;
    rest := substr(rest, length(digits) + 1);
    case part when 'YYYY' then years := digits; when 'MM' then months := digits; when 'DD' then days := digits;
      when 'HH24' then clock := clock + make_interval(hours => digits::integer); when 'MI' then clock := clock + make_interval(mins => digits::integer);
      else clock := clock + make_interval(secs => digits::integer); end case;
  end loop;
  return make_timestamp(years, 1, 1, 0, 0, 0) + make_interval(months => months - 1, days => days - 1) + clock;
end $$;
create or replace function to_timestamp(text, text, is_strict boolean) returns timestamptz language plpgsql stable strict as $$
declare found timestamp;
begin
  if pg_catalog.regexp_replace($2, '"[^"]*"', '', 'g') ~ '(TZ|tz|OF)' then raise exception '"TZ"/"tz"/"OF" format patterns are not supported in TO_TIMESTAMP and TO_DATE' using errcode = '0A000'; end if;
  return pg_catalog.to_timestamp($1, $2);
exception when datetime_field_overflow then
  found := redshift_catalog.rs_local_overflow($1, $2);
  if $3 or found is null then raise; end if;
  return found at time zone 'UTC';
end $$;
create or replace function to_timestamp(text, text) returns timestamptz language sql stable strict as $$ select redshift_catalog.to_timestamp($1, $2, false) $$;
create or replace function to_timestamp(timestamp, text) returns timestamptz language sql stable strict as $$ select redshift_catalog.to_timestamp($1::text, $2, false) $$;
create or replace function to_date(text, text, boolean) returns date language sql stable strict as $$ select redshift_catalog.to_timestamp($1, $2, $3)::date $$;
create or replace function to_date(text, text) returns date language sql stable strict as $$ select redshift_catalog.to_date($1, $2, false) $$;

import { loadViewsSql } from './copy/load-views-sql.js';
import { externalViewsSql } from './external/external-views-sql.js';

/** Redshift's functions and views in PostgreSQL; every statement can run again */
export const bootstrapSql = String.raw`
create schema if not exists redshift_catalog;
create schema if not exists _redshift_data;
create table if not exists _redshift_data.committed (id text primary key, body jsonb not null, at timestamptz not null default now());
delete from _redshift_data.committed where at < now() - interval '24 hours';
set search_path = redshift_catalog, pg_catalog;

create or replace function getdate() returns timestamp language sql stable as $$ select date_trunc('second', statement_timestamp() at time zone 'UTC') $$;
create or replace function rs_local_sysdate() returns timestamp language sql stable as $$ select transaction_timestamp() at time zone 'UTC' $$;
create or replace function len(text) returns integer language sql immutable strict as $$ select length($1) $$;
create or replace function sha2(text, integer) returns text language sql immutable strict as $$
  select encode(case $2 when 224 then sha224(convert_to($1, 'UTF8')) when 384 then sha384(convert_to($1, 'UTF8')) when 512 then sha512(convert_to($1, 'UTF8'))
    when 256 then sha256(convert_to($1, 'UTF8')) when 0 then sha256(convert_to($1, 'UTF8')) end, 'hex') $$;
create or replace function strtol(text, integer) returns bigint language plpgsql immutable strict as $$
declare sum numeric := 0; digit integer; sign integer := 1; rest text := lower(trim($1));
begin
  if left(rest, 1) = '-' then sign := -1; rest := substr(rest, 2); end if;
  if $2 = 16 and left(rest, 2) = '0x' then rest := substr(rest, 3); end if;
  for at in 1..length(rest) loop
    digit := position(substr(rest, at, 1) in '0123456789abcdefghijklmnopqrstuvwxyz') - 1;
    if digit < 0 or digit >= $2 then raise exception 'The input % is not valid to be converted to base %', $1, $2; end if;
    sum := sum * $2 + digit;
  end loop;
  return (sign * sum)::bigint;
end $$;

create or replace function dateadd(text, bigint, timestamp) returns timestamp language sql immutable strict as $$
  select case $1 when 'quarter' then $3 + make_interval(months => 3 * $2::int) else $3 + ($2 || ' ' || $1)::interval end $$;
create or replace function dateadd(text, bigint, date) returns timestamp language sql immutable strict as $$ select redshift_catalog.dateadd($1, $2, $3::timestamp) $$;
create or replace function dateadd(text, bigint, timestamptz) returns timestamptz language sql immutable strict as $$
  select redshift_catalog.dateadd($1, $2, $3 at time zone 'UTC') at time zone 'UTC' $$;
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
create or replace function date_trunc(text, date) returns timestamp language sql immutable strict as $$ select pg_catalog.date_trunc($1, $2::timestamp) $$;
create or replace function trunc(timestamp) returns date language sql immutable strict as $$ select $1::date $$;
create or replace function trunc(double precision, integer) returns double precision language sql immutable strict as $$ select pg_catalog.trunc($1::numeric, $2)::double precision $$;
create or replace function round(double precision, integer) returns double precision language sql immutable strict as $$ select pg_catalog.round($1::numeric, $2)::double precision $$;
create or replace function last_day(timestamp) returns date language sql immutable strict as $$ select (pg_catalog.date_trunc('month', $1) + interval '1 month' - interval '1 day')::date $$;
create or replace function add_months(timestamp, bigint) returns timestamp language sql immutable strict as $$
  select case when $1::date = redshift_catalog.last_day($1) then redshift_catalog.last_day(pg_catalog.date_trunc('month', $1) + make_interval(months => $2::int)) + $1::time
    else $1 + make_interval(months => $2::int) end $$;
create or replace function convert_timezone(text, timestamp) returns timestamp language sql immutable strict as $$ select ($2 at time zone 'UTC') at time zone $1 $$;
create or replace function convert_timezone(text, text, timestamp) returns timestamp language sql immutable strict as $$ select ($3 at time zone $1) at time zone $2 $$;

create or replace function json_parse(text) returns jsonb language sql immutable strict as $$ select $1::jsonb $$;
create or replace function json_parse(bytea) returns jsonb language sql immutable strict as $$ select convert_from($1, 'UTF8')::jsonb $$;
create or replace function rs_local_json_serialize(jsonb) returns text language sql immutable strict as $$ select regexp_replace($1::text, '("([^"\\]|\\.)*")|\s+', '\1', 'g') $$;
create or replace function can_json_parse(text) returns boolean language sql immutable strict as $$ select pg_input_is_valid($1, 'jsonb') $$;
create or replace function is_valid_json(text) returns boolean language sql immutable strict as $$ select pg_input_is_valid($1, 'jsonb') and left(ltrim($1), 1) = '{' $$;
create or replace function json_extract_path_text(text, variadic text[]) returns text language sql immutable strict as $$ select coalesce($1::jsonb #>> $2, '') $$;

create or replace function rs_local_avg_state(numeric[], bigint) returns numeric[] language sql immutable as $$ select case when $2 is null then $1 else array[$1[1] + 1, $1[2] + $2] end $$;
create or replace function rs_local_avg_state(numeric[], integer) returns numeric[] language sql immutable as $$ select case when $2 is null then $1 else array[$1[1] + 1, $1[2] + $2] end $$;
create or replace function rs_local_avg_state(numeric[], smallint) returns numeric[] language sql immutable as $$ select case when $2 is null then $1 else array[$1[1] + 1, $1[2] + $2] end $$;
create or replace function rs_local_avg_final(numeric[]) returns bigint language sql immutable as $$ select case when $1[1] > 0 then pg_catalog.trunc($1[2] / $1[1])::bigint end $$;
create or replace aggregate avg(bigint) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_avg_final, initcond = '{0,0}');
create or replace aggregate avg(integer) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_avg_final, initcond = '{0,0}');
create or replace aggregate avg(smallint) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_avg_final, initcond = '{0,0}');

-- lengths count bytes: what PostgreSQL calls for every cast or assignment to VARCHAR(n) and CHAR(n)
create or replace function rs_local_varchar(value varchar, modifier integer, explicit boolean) returns varchar language plpgsql immutable strict as $$
declare size integer := modifier - 4; bytes bytea;
begin
  if size < 0 or octet_length(value) <= size then return value; end if;
  if not explicit and octet_length(rtrim(value, ' ')) > size then
    raise exception 'Value too long for type character varying(%)', size using errcode = '22001';
  end if;
  bytes := convert_to(value, 'UTF8');
  while get_byte(bytes, size) & 192 = 128 loop size := size - 1; end loop;
  return convert_from(substr(bytes, 1, size), 'UTF8');
end $$;
create or replace function rs_local_char(value character, modifier integer, explicit boolean) returns character language plpgsql immutable strict as $$
begin
  if octet_length(value::text) <> char_length(value::text) then
    raise exception 'CHAR string contains invalid characters: CHAR holds single-byte characters only, use VARCHAR' using errcode = '22021';
  end if;
  if not explicit and octet_length(rtrim(value, ' ')) > modifier - 4 then
    raise exception 'Value too long for type character(%)', modifier - 4 using errcode = '22001';
  end if;
  return pg_catalog.bpchar(value, modifier, true);
end $$;
update pg_cast set castfunc = 'rs_local_varchar(varchar, integer, boolean)'::regprocedure where castsource = 1043 and casttarget = 1043 and castfunc <> 'rs_local_varchar(varchar, integer, boolean)'::regprocedure;
update pg_cast set castfunc = 'rs_local_char(character, integer, boolean)'::regprocedure where castsource = 1042 and casttarget = 1042 and castfunc <> 'rs_local_char(character, integer, boolean)'::regprocedure;

create or replace function rs_local_require_table(regclass) returns void language plpgsql as $$
begin
  if (select relkind from pg_class where oid = $1) <> 'r' then raise exception 'MERGE takes tables only: % is a view', $1; end if;
end $$;

create or replace view svv_columns as
select current_database()::varchar as table_catalog, n.nspname::varchar as table_schema, c.relname::varchar as table_name, a.attname::varchar as column_name,
  row_number() over (partition by c.oid order by a.attnum)::integer as ordinal_position, pg_get_expr(d.adbin, d.adrelid)::varchar as column_default,
  (case when a.attnotnull then 'NO' else 'YES' end)::varchar as is_nullable,
  (case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying' when 'text'::regtype then 'character varying'
    else format_type(a.atttypid, null) end)::varchar as data_type,
  (case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 when a.atttypid in (25, 1043) then 65535 when a.atttypid = 17 then
    coalesce((select (regexp_match(pg_get_constraintdef(k.oid), '<= (\d+)'))[1]::integer from pg_constraint k where k.conrelid = c.oid and k.conname = left('rs_bytes_' || a.attname, 63)), 64000) end) as character_maximum_length,
  (case a.atttypid when 21 then 16 when 23 then 32 when 20 then 64 when 700 then 24 when 701 then 53 when 1700 then ((a.atttypmod - 4) >> 16) & 65535 end) as numeric_precision,
  (case when a.atttypid in (20, 21, 23) then 0 when a.atttypid = 1700 then (a.atttypmod - 4) & 2047 end) as numeric_scale,
  col_description(c.oid, a.attnum)::varchar as remarks
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'v', 'm', 'p') and a.attnum > 0 and not a.attisdropped and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift_data$)';
create or replace view svv_tables as
select current_database()::varchar as table_catalog, n.nspname::varchar as table_schema, c.relname::varchar as table_name,
  (case c.relkind when 'v' then 'VIEW' else 'BASE TABLE' end)::varchar as table_type, obj_description(c.oid)::varchar as remarks
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'p') and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift_data$)';
create or replace view svv_table_info as
select current_database()::varchar as database, n.nspname::varchar as schema, c.oid::integer as table_id, c.relname::varchar as "table",
  ceil(pg_total_relation_size(c.oid) / 1048576.0)::bigint as size, greatest(c.reltuples, 0)::numeric(38, 0) as tbl_rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema$|redshift_catalog$|_redshift_data$)';
create or replace view pg_table_def as
select n.nspname::varchar as schemaname, c.relname::varchar as tablename, a.attname::varchar as "column",
  (case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying' else format_type(a.atttypid, a.atttypmod) end)::varchar as type,
  'none'::varchar as encoding, false as distkey, 0 as sortkey, a.attnotnull as "notnull"
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and n.nspname = any(current_schemas(false)) and n.nspname !~ '^(pg_|redshift_catalog$)';
${loadViewsSql}${externalViewsSql}`;

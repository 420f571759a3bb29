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
create extension if not exists pgcrypto schema redshift_catalog;
create or replace function sha1(text) returns text language sql immutable strict as $$ select encode(redshift_catalog.digest(convert_to($1, 'UTF8'), 'sha1'), 'hex') $$;
create or replace function fnv_hash(bytea, bigint default -3750763034362895579) returns bigint language plpgsql immutable strict as $$
declare hash numeric := case when $2 < 0 then $2 + 18446744073709551616 else $2 end;
begin
  for at in 0..length($1) - 1 loop
    -- the byte touches the lowest eight bits only
    hash := hash - mod(hash, 256) + (mod(hash, 256)::integer # get_byte($1, at));
    hash := mod(hash * 1099511628211, 18446744073709551616);
  end loop;
  return case when hash > 9223372036854775807 then hash - 18446744073709551616 else hash end::bigint;
end $$;
create or replace function fnv_hash(text, bigint default -3750763034362895579) returns bigint language sql immutable strict as $$ select redshift_catalog.fnv_hash(convert_to($1, 'UTF8'), $2) $$;
-- a replacement says $1 for what the first group matched, and $& for the whole
create or replace function rs_local_replacement(text) returns text language sql immutable strict as $$ select pg_catalog.regexp_replace(pg_catalog.regexp_replace($1, '\$(\d)', '\\\1', 'g'), '\$&', '\\&', 'g') $$;
-- p asks for the dialect of Perl, which PostgreSQL's own is near to; there it would be a flag for line ends
create or replace function rs_local_flags(text) returns text language sql immutable strict as $$ select pg_catalog.translate($1, 'pe', '') $$;
-- Redshift replaces every match, and answers an empty string where nothing matches
create or replace function regexp_replace(text, text, text default '', integer default 1) returns text language sql immutable strict as $$
  select pg_catalog.regexp_replace($1, $2, redshift_catalog.rs_local_replacement($3), greatest($4, 1), 0) $$;
create or replace function regexp_replace(text, text, text, integer, text) returns text language sql immutable strict as $$
  select pg_catalog.regexp_replace($1, $2, redshift_catalog.rs_local_replacement($3), greatest($4, 1), 0, redshift_catalog.rs_local_flags($5)) $$;
create or replace function regexp_substr(text, text, integer default 1, integer default 1, text default 'c') returns text language sql immutable strict as $$
  select coalesce(pg_catalog.regexp_substr($1, $2, $3, $4, redshift_catalog.rs_local_flags($5), case when position('e' in $5) > 0 then 1 else 0 end), '') $$;
create or replace function split_part(text, text, integer) returns text language plpgsql immutable strict as $$
begin
  if $3 < 1 then raise exception 'field position must be greater than zero'; end if;
  return pg_catalog.split_part($1, $2, $3);
end $$;
create or replace function from_hex(text) returns bytea language sql immutable strict as $$ select decode($1, 'hex') $$;
create or replace function to_hex(bytea) returns text language sql immutable strict as $$ select encode($1, 'hex') $$;
create or replace function to_varbyte(text, text) returns bytea language sql immutable strict as $$
  select case lower($2) when 'hex' then decode($1, 'hex') when 'base64' then decode($1, 'base64') when 'utf8' then convert_to($1, 'UTF8') when 'utf-8' then convert_to($1, 'UTF8') end $$;
create or replace function from_varbyte(bytea, text) returns text language sql immutable strict as $$
  select case lower($2) when 'hex' then encode($1, 'hex') when 'base64' then encode($1, 'base64') when 'utf8' then convert_from($1, 'UTF8') when 'utf-8' then convert_from($1, 'UTF8') end $$;
create or replace function version() returns text language sql stable as $$ select 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.0 (local, over PostgreSQL ' || current_setting('server_version') || ')' $$;

-- COLLATE: the accents of a letter count, its case does not
create collation if not exists rs_local_ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create collation if not exists rs_local_by_case from pg_catalog."C";

create or replace function len(text) returns integer language sql immutable strict as $$ select length($1) $$;
create or replace function sha2(text, integer) returns text language sql immutable strict as $$
  select encode(case $2 when 224 then sha224(convert_to($1, 'UTF8')) when 384 then sha384(convert_to($1, 'UTF8')) when 512 then sha512(convert_to($1, 'UTF8'))
    when 256 then sha256(convert_to($1, 'UTF8')) when 0 then sha256(convert_to($1, 'UTF8')) end, 'hex') $$;
create or replace function strtol(text, integer) returns bigint language plpgsql immutable strict as $$
declare sum numeric := 0; digit integer; sign integer := 1; rest text := lower(trim($1));
begin
  if $2 not between 2 and 36 then raise exception 'The base % of STRTOL is not between 2 and 36', $2; end if;
  if left(rest, 1) = '-' then sign := -1; rest := substr(rest, 2); end if;
  if $2 = 16 and left(rest, 2) = '0x' then rest := substr(rest, 3); end if;
  for at in 1..length(rest) loop
    digit := position(substr(rest, at, 1) in '0123456789abcdefghijklmnopqrstuvwxyz') - 1;
    if digit < 0 or digit >= $2 then raise exception 'The input % is not valid to be converted to base %', $1, $2; end if;
    sum := sum * $2 + digit;
  end loop;
  return (sign * sum)::bigint;
end $$;
create or replace function chr(integer) returns text language sql immutable strict as $$ select case when $1 between 1 and 1114111 then pg_catalog.chr($1) end $$;
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
create or replace function rs_local_pattern(pattern text, flags text) returns text language sql immutable strict as $$
  select case when position('p' in $2) = 0 then $1
    -- the edge of a word
    else pg_catalog.regexp_replace(pg_catalog.regexp_replace($1, '(?<!\\)((?:\\\\)*)\\b', '\1\\y', 'g'), '(?<!\\)((?:\\\\)*)\\B', '\1\\Y', 'g') end $$;
create or replace function rs_local_flags(text) returns text language plpgsql immutable strict as $$
begin
  if $1 ~ '[^ciep]' then raise exception 'invalid parameters of a regular expression: "%", known are c, i, e and p', $1 using errcode = '22023'; end if;
  return pg_catalog.translate($1, 'pe', '');
end $$;
-- Redshift replaces every match, and answers an empty string where nothing matches
create or replace function regexp_replace(text, text, text default '', integer default 1) returns text language sql immutable strict as $$
  select pg_catalog.regexp_replace($1, $2, redshift_catalog.rs_local_replacement($3), greatest($4, 1), 0) $$;
create or replace function regexp_replace(text, text, text, integer, text) returns text language sql immutable strict as $$
  select pg_catalog.regexp_replace($1, redshift_catalog.rs_local_pattern($2, $5), redshift_catalog.rs_local_replacement($3), greatest($4, 1), 0, redshift_catalog.rs_local_flags($5)) $$;
create or replace function regexp_substr(text, text, integer default 1, integer default 1, text default 'c') returns text language sql immutable strict as $$
  select coalesce(pg_catalog.regexp_substr($1, redshift_catalog.rs_local_pattern($2, $5), $3, $4, redshift_catalog.rs_local_flags($5), case when position('e' in $5) > 0 then 1 else 0 end), '') $$;
create or replace function split_part(text, text, integer) returns text language plpgsql immutable strict as $$
begin
  if $3 < 1 then raise exception 'field position must be greater than zero'; end if;
  return pg_catalog.split_part($1, $2, $3);
end $$;
create or replace function quote_literal(text) returns text language sql immutable strict as $$ select '''' || replace(replace($1, '\', '\\'), '''', '''''') || '''' $$;
create or replace function from_hex(text) returns bytea language sql immutable strict as $$ select decode($1, 'hex') $$;
create or replace function to_hex(bytea) returns text language sql immutable strict as $$ select encode($1, 'hex') $$;
create or replace function version() returns text language sql stable as $$ select 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.0 (local, over PostgreSQL ' || current_setting('server_version') || ')' $$;

-- COLLATE: the accents of a letter count, its case does not
create collation if not exists rs_local_ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create collation if not exists rs_local_by_case from pg_catalog."C";
-- letters of English only; several words are one
create or replace function soundex(text) returns varchar language plpgsql immutable strict as $$
declare letters text := upper(pg_catalog.regexp_replace($1, '[^A-Za-z]', '', 'g')); code text; last text; digit text;
begin
  if letters = '' then return ''; end if;
  code := left(letters, 1);
  last := translate(code, 'AEIOUYHWBFPVCGJKQSXZDTLMNR', '00000099111122222222334556');
  for at in 2..length(letters) loop
    digit := translate(substr(letters, at, 1), 'AEIOUYHWBFPVCGJKQSXZDTLMNR', '00000099111122222222334556');
    if digit not in ('0', '9', last) then code := code || digit; end if;
    -- H and W do not part two letters of one sound, vowels do
    if digit <> '9' then last := digit; end if;
  end loop;
  return rpad(left(code, 4), 4, '0');
end $$;
create or replace function difference(text, text) returns integer language sql immutable strict as $$
  select case when a = '' and b = '' then 1 when a = '' or b = '' then 0
    else (select count(*) from generate_series(1, 4) as at where substr(a, at, 1) = substr(b, at, 1))::integer end
  from (select redshift_catalog.soundex($1)::text as a, redshift_catalog.soundex($2)::text as b) as codes $$;
create or replace function octetindex(text, text) returns integer language sql immutable strict as $$ select position(convert_to($1, 'UTF8') in convert_to($2, 'UTF8')) $$;
create or replace function bttext_pattern_cmp(text, text) returns integer language sql immutable strict as $$ select sign(byteacmp(convert_to($1, 'UTF8'), convert_to($2, 'UTF8')))::integer $$;
-- as Teradata reads numbers: a sign on either side; a half goes to the even digit
create or replace function rs_local_alt_number(text) returns numeric language sql immutable strict as $$
  select case when trim($1) = '' then 0 else pg_catalog.regexp_replace(trim($1), '^(.*[0-9.])([-+])$', '\2\1')::numeric end $$;
create or replace function text_to_int_alt(text) returns integer language sql immutable strict as $$ select pg_catalog.trunc(redshift_catalog.rs_local_alt_number($1))::integer $$;
create or replace function text_to_numeric_alt(text, integer default 38, integer default 0) returns numeric language plpgsql immutable strict as $$
declare value numeric := redshift_catalog.rs_local_alt_number($1); cut numeric := pg_catalog.trunc(value, $3); half numeric := 0.5 * 10::numeric ^ -$3;
begin
  if abs(value - cut) > half or abs(value - cut) = half and mod(cut * 10::numeric ^ $3, 2) <> 0 then cut := cut + sign(value) * 10::numeric ^ -$3; end if;
  if abs(cut) >= 10::numeric ^ ($2 - $3) then raise exception 'numeric field overflow: % has more than % digits', $1, $2 using errcode = '22003'; end if;
  return pg_catalog.trunc(cut, $3);
end $$;
-- with e the place is that of the first group, or of the whole where the pattern has none
create or replace function regexp_instr(text, text, integer, integer, integer, text) returns integer language sql immutable strict as $$
  select pg_catalog.regexp_instr($1, redshift_catalog.rs_local_pattern($2, $6), $3, $4, $5, redshift_catalog.rs_local_flags($6), case when position('e' in $6) > 0 and pg_catalog.regexp_instr($1, redshift_catalog.rs_local_pattern($2, $6), $3, $4, $5, redshift_catalog.rs_local_flags($6), 1) > 0 then 1 else 0 end) $$;
create or replace function regexp_count(text, text, integer, text) returns integer language sql immutable strict as $$ select pg_catalog.regexp_count($1, redshift_catalog.rs_local_pattern($2, $4), $3, redshift_catalog.rs_local_flags($4)) $$;
-- letters of every script have their case, whatever the locale of the database
create or replace function lower(text) returns text language sql immutable strict parallel safe as $$ select pg_catalog.lower($1 collate pg_catalog.pg_c_utf8) $$;
create or replace function upper(text) returns text language sql immutable strict parallel safe as $$ select pg_catalog.upper($1 collate pg_catalog.pg_c_utf8) $$;
create or replace function initcap(text) returns text language sql immutable strict parallel safe as $$ select pg_catalog.initcap($1 collate pg_catalog.pg_c_utf8) $$;

-- CRC32 goes by the polynomial of CRC-32C
create or replace function crc32(text) returns varchar language sql immutable strict as $$ select lpad(pg_catalog.to_hex(pg_catalog.crc32c(convert_to($1, 'UTF8'))), 8, '0')::varchar $$;
-- of a decimal its digits; how a text is summed is not documented
create or replace function checksum(text) returns integer language sql immutable strict as $$ select hashtext($1) $$;
create or replace function checksum(numeric) returns integer language sql immutable strict as $$ select ($1 * 10::numeric ^ scale($1))::integer $$;
-- Murmur3A as Iceberg hashes: whole numbers as eight bytes, the lowest first; 32 bits in a bigint
create or replace function rs_local_rotl(bigint, integer) returns bigint language sql immutable as $$ select (($1 << $2) | ($1 >> (32 - $2))) & 4294967295 $$;
create or replace function rs_local_times(bigint, bigint) returns bigint language sql immutable as $$ select mod($1::numeric * $2, 4294967296)::bigint $$;
create or replace function murmur3_32_hash(bytea, integer default 0) returns integer language plpgsql immutable strict as $$
declare hash bigint := $2::bigint & 4294967295; block bigint; size integer := octet_length($1); width integer;
begin
  for at in 0..size - 1 by 4 loop
    block := 0;
    width := least(4, size - at);
    for byte in reverse width - 1..0 loop block := block * 256 + get_byte($1, at + byte); end loop;
    hash := hash # redshift_catalog.rs_local_times(redshift_catalog.rs_local_rotl(redshift_catalog.rs_local_times(block, 3432918353), 15), 461845907);
    if width = 4 then hash := (redshift_catalog.rs_local_rotl(hash, 13) * 5 + 3864292196) & 4294967295; end if;
  end loop;
  hash := hash # size;
  hash := redshift_catalog.rs_local_times(hash # (hash >> 16), 2246822507);
  hash := redshift_catalog.rs_local_times(hash # (hash >> 13), 3266489909);
  hash := hash # (hash >> 16);
  return case when hash > 2147483647 then hash - 4294967296 else hash end::integer;
end $$;
create or replace function murmur3_32_hash(text, integer default 0) returns integer language sql immutable strict as $$ select redshift_catalog.murmur3_32_hash(convert_to($1, 'UTF8'), $2) $$;
create or replace function murmur3_32_hash(bigint, integer default 0) returns integer language sql immutable strict as $$ select redshift_catalog.murmur3_32_hash(reverse(int8send($1)), $2) $$;
-- FNV_HASH of a number is that of its bytes, as many as its type has, the lowest first
create or replace function fnv_hash(smallint, bigint default -3750763034362895579) returns bigint language sql immutable strict as $$ select redshift_catalog.fnv_hash(reverse(int2send($1)), $2) $$;
create or replace function fnv_hash(integer, bigint default -3750763034362895579) returns bigint language sql immutable strict as $$ select redshift_catalog.fnv_hash(reverse(int4send($1)), $2) $$;
create or replace function fnv_hash(bigint, bigint default -3750763034362895579) returns bigint language sql immutable strict as $$ select redshift_catalog.fnv_hash(reverse(int8send($1)), $2) $$;

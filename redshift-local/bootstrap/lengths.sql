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
-- bytes that a VARBYTE column takes: PostgreSQL's type has none, a check says it
create or replace function rs_local_byte_limit(oid, name) returns integer language sql stable as $$
  select coalesce((select (regexp_match(pg_get_constraintdef(k.oid), '<= (\d+)'))[1]::integer from pg_catalog.pg_constraint k
    where k.conrelid = $1 and k.conname = left('rs_bytes_' || $2, 63)), 64000) $$;

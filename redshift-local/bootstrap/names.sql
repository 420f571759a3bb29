-- names of more than 63 bytes, which PostgreSQL does not take, by what they are called here: labels of nothing in a catalog of the whole server. A table
-- of ours would make transactions conflict under SERIALIZABLE, and a key two that make the same name wait for each other; each connection has rows of its own
create or replace function rs_local_name_number(text) returns oid language sql immutable as $$ select (pg_catalog.hashtext($1)::bigint & 4294967295)::oid $$;
create or replace function rs_local_whole_name(text) returns varchar language plpgsql stable strict as $$
begin
  return coalesce((select label from pg_catalog.pg_shseclabel where objoid = redshift_catalog.rs_local_name_number($1) and provider = $1 limit 1), $1);
end $$;
-- as a user knows it; planned as part of a query, since the catalog's views say it of each name
create or replace function rs_local_name(text) returns varchar language sql stable as $$
  select case when pg_catalog.octet_length($1) < 60 then $1::pg_catalog.varchar else redshift_catalog.rs_local_whole_name($1) end $$;
create or replace function rs_local_keep_name(short text, whole text) returns void language sql security definer set search_path = pg_catalog as $$
  insert into pg_shseclabel (objoid, classoid, provider, label)
  select n, pg_backend_pid()::oid, short, whole from redshift_catalog.rs_local_name_number(short) n
  where not exists (select from pg_shseclabel where objoid = n and provider = short) $$;
-- of a name that is put together here, as that of a key; cut where Redshift cuts
create or replace function rs_local_new_name(given text) returns text language plpgsql as $$
declare whole text := redshift_catalog.rs_local_varchar(given, 131, true); short text;
begin
  if octet_length(whole) < 64 then return whole; end if;
  short := redshift_catalog.rs_local_varchar(whole, 58, true) || '_' || left(redshift_catalog.sha1(whole), 8);
  perform redshift_catalog.rs_local_keep_name(short, whole);
  return short;
end $$;
-- a text with names in it, as that of a view
create or replace function rs_local_named(text) returns text language plpgsql stable strict as $$
declare said text := $1; found record;
begin
  if said !~ '[[:alnum:]_$]{30}' then return said; end if;
  for found in select distinct provider, label from pg_catalog.pg_shseclabel where pg_catalog.octet_length(provider) >= 60 and strpos(said, provider) > 0 loop
    said := replace(said, found.provider, found.label);
  end loop;
  return said;
end $$;
-- where an earlier version had them
do $$ begin
  if to_regclass('redshift_catalog.long_name') is null then return; end if;
  perform redshift_catalog.rs_local_keep_name(short, whole) from redshift_catalog.long_name;
  drop table redshift_catalog.long_name;
end $$;

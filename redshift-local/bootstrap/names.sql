-- names of more than 63 bytes, which PostgreSQL does not take, by what they are called here. Each statement that makes one adds it, and
-- the next start keeps one of each: with a key, or a look at those that are there, two transactions at once would conflict
create table if not exists long_name (short text not null, whole text not null);
do $$ begin
  if exists (select from pg_catalog.pg_constraint where conname = 'long_name_pkey') then alter table redshift_catalog.long_name drop constraint long_name_pkey; end if;
end $$;
create index if not exists long_name_short on long_name (short);
delete from long_name one using long_name other where other.short = one.short and other.ctid < one.ctid;
create or replace function rs_local_name(text) returns varchar language plpgsql stable strict as $$
begin
  if octet_length($1) < 60 then return $1; end if;
  return coalesce((select whole from redshift_catalog.long_name where short = $1 limit 1), $1);
end $$;

-- names of more than 63 bytes, which PostgreSQL does not take, by what they are called here
create table if not exists long_name (short text primary key, whole text not null);
create or replace function rs_local_name(text) returns varchar language plpgsql stable strict as $$
begin
  if octet_length($1) < 60 then return $1; end if;
  return coalesce((select whole from redshift_catalog.long_name where short = $1), $1);
end $$;

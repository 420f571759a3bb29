-- a superuser works as another user, and comes back: PostgreSQL's own default is the service, which no user may become
create or replace function rs_local_authorize(wanted text, is_local boolean) returns void language plpgsql as $$
declare own text := coalesce(nullif(current_setting('redshift.signed_in', true), ''), session_user);
begin
  if wanted is null or wanted = own then wanted := own;
  elsif not redshift_catalog.rs_local_is_superuser(own) then raise exception 'permission denied to set session authorization' using errcode = '42501';
  elsif not exists (select from pg_catalog.pg_roles where rolname = wanted and rolcanlogin and not rolsuper) then raise exception 'user "%" does not exist', wanted using errcode = '42704';
  end if;
  perform set_config('session_authorization', wanted, is_local);
end $$;

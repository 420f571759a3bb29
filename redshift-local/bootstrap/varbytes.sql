-- VARBYTE as bits: PostgreSQL has these of BIT VARYING only
create or replace function rs_local_bits(bytea) returns text language sql immutable strict as $$
  select coalesce(string_agg(get_byte($1, at)::bit(8)::text, '' order by at), '') from generate_series(0, octet_length($1) - 1) as at $$;
create or replace function rs_local_from_bits(text) returns bytea language sql immutable strict as $$
  select coalesce(string_agg(set_byte('\x00'::bytea, 0, substr(lpad($1, (length($1) + 7) / 8 * 8, '0'), at * 8 + 1, 8)::bit(8)::integer), ''::bytea order by at), ''::bytea)
  from generate_series(0, (length($1) + 7) / 8 - 1) as at $$;
create or replace function getbit(bytea, integer) returns integer language sql immutable strict as $$
  select (get_byte($1, octet_length($1) - 1 - $2 / 8) >> ($2 % 8)) & 1 $$;
create or replace function rs_local_varbyte_plus(bytea, bytea) returns bytea language sql immutable strict as $$ select $1 || $2 $$;
create or replace function rs_local_varbyte_not(bytea) returns bytea language sql immutable strict as $$ select redshift_catalog.rs_local_from_bits(translate(redshift_catalog.rs_local_bits($1), '01', '10')) $$;
do $$
declare sign text; name text;
begin
  foreach sign in array array['&', '|', '#'] loop
    name := 'rs_local_varbyte_' || case sign when '&' then 'and' when '|' then 'or' else 'xor' end;
    execute format('create or replace function %I(bytea, bytea) returns bytea language plpgsql immutable strict as $f$
      declare done bytea := $1;
      begin
        if octet_length($1) <> octet_length($2) then raise exception ''the two VARBYTE values of %s have different lengths: %% and %% bytes'', octet_length($1), octet_length($2) using errcode = ''22026''; end if;
        for at in 0..octet_length($1) - 1 loop done := set_byte(done, at, get_byte($1, at) %s get_byte($2, at)); end loop;
        return done;
      end $f$', name, sign, sign);
    if not exists (select from pg_operator where oprname = sign and oprleft = 'bytea'::regtype and oprright = 'bytea'::regtype) then
      execute format('create operator redshift_catalog.%s (leftarg = bytea, rightarg = bytea, function = %I)', sign, name);
    end if;
  end loop;
  if not exists (select from pg_operator where oprname = '+' and oprleft = 'bytea'::regtype and oprright = 'bytea'::regtype) then
    create operator redshift_catalog.+ (leftarg = bytea, rightarg = bytea, function = rs_local_varbyte_plus);
    create operator redshift_catalog.~ (rightarg = bytea, function = rs_local_varbyte_not);
  end if;
end $$;
-- an odd number of hexadecimal digits begins with a 0
create or replace function to_varbyte(text, text) returns bytea language plpgsql immutable strict as $$
begin
  return case lower($2) when 'hex' then decode(repeat('0', length($1) % 2) || $1, 'hex') when 'binary' then redshift_catalog.rs_local_from_bits($1)
    when 'base64' then decode($1, 'base64') when 'utf8' then convert_to($1, 'UTF8') when 'utf-8' then convert_to($1, 'UTF8') end;
end $$;
create or replace function from_varbyte(bytea, text) returns text language sql immutable strict as $$
  select case lower($2) when 'hex' then encode($1, 'hex') when 'binary' then redshift_catalog.rs_local_bits($1) when 'base64' then encode($1, 'base64')
    when 'utf8' then convert_from($1, 'UTF8') when 'utf-8' then convert_from($1, 'UTF8') end $$;
create or replace function len(bytea) returns integer language sql immutable strict as $$ select octet_length($1) $$;
-- between VARBYTE and texts the bytes are those of UTF-8, not PostgreSQL's notation
create or replace function rs_local_varbyte_text(bytea) returns text language sql immutable strict as $$ select convert_from($1, 'UTF8') $$;
create or replace function rs_local_text_varbyte(text) returns bytea language sql immutable strict as $$ select convert_to($1, 'UTF8') $$;
do $$
declare kind text;
begin
  foreach kind in array array['text', 'varchar'] loop
    if not exists (select from pg_catalog.pg_cast where castsource = 'bytea'::regtype and casttarget = kind::regtype) then
      execute format('create cast (bytea as %s) with function rs_local_varbyte_text(bytea)', kind);
      execute format('create cast (%s as bytea) with function rs_local_text_varbyte(text) as assignment', kind);
    end if;
  end loop;
end $$;
-- CONCAT of two VARBYTE is one; of anything else a text
create or replace function rs_local_concat(bytea, bytea) returns bytea language sql immutable strict as $$ select $1 || $2 $$;
create or replace function rs_local_concat(text, text) returns varchar language sql immutable strict as $$ select ($1 || $2)::varchar $$;
-- texts are put together by + too, as AWS's own administrative views do
do $$ begin
  if to_regoperator('redshift_catalog.+(text, text)') is null then create operator redshift_catalog.+ (leftarg = text, rightarg = text, function = rs_local_concat); end if;
end $$;
create or replace function rs_local_concat(anynonarray, text) returns varchar language sql stable strict as $$ select ($1::varchar || $2)::varchar $$;
create or replace function rs_local_concat(text, anynonarray) returns varchar language sql stable strict as $$ select ($1 || $2::varchar)::varchar $$;

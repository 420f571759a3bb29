-- what answers a DOUBLE there and a NUMERIC in PostgreSQL, and what answers a whole number for one
do $$
declare name text; kind text;
begin
  foreach name in array array['exp', 'sqrt', 'log'] loop
    execute format('create or replace function redshift_catalog.%I(numeric) returns double precision language sql immutable strict as $f$ select pg_catalog.%I($1::double precision) $f$', name, name);
  end loop;
  foreach kind in array array['smallint', 'integer', 'bigint'] loop
    foreach name in array array['ceil', 'ceiling', 'floor', 'round', 'trunc'] loop
      execute format('create or replace function redshift_catalog.%I(%s) returns %s language sql immutable strict as $f$ select $1 $f$', name, kind, kind);
    end loop;
    execute format('create or replace function redshift_catalog.sign(%s) returns %s language sql immutable strict as $f$ select pg_catalog.sign($1::numeric)::%s $f$', kind, kind, kind);
  end loop;
end $$;
-- the library's root of a cube may be off by one bit
create or replace function cbrt(double precision) returns double precision language sql immutable strict as $$
  select case when root = 0 then root else root - (root * root * root - $1) / (3 * root * root) end from (select pg_catalog.cbrt($1) as root) as found $$;
update pg_catalog.pg_operator set oprcode = 'redshift_catalog.cbrt(double precision)'::regprocedure::oid::regproc where oprname = '||/' and oprcode <> 'redshift_catalog.cbrt(double precision)'::regprocedure::oid;
create or replace function power(numeric, numeric) returns double precision language sql immutable strict as $$ select pg_catalog.power($1::double precision, $2::double precision) $$;
-- EXTRACT: a whole number, of a TIMESTAMPTZ a DOUBLE; seconds since 1970 may need eight bytes; of a second its fraction alone
do $$
declare kind text;
begin
  foreach kind in array array['date', 'timestamp', 'time', 'timetz', 'interval', 'text', 'timestamptz'] loop
    execute format('create or replace function redshift_catalog.rs_local_extract(text, %s) returns %s language sql %s strict as $f$
      select case $1 when ''milliseconds'' then mod(pg_catalog.trunc(found)::bigint, 1000) when ''microseconds'' then mod(pg_catalog.trunc(found)::bigint, 1000000) else %s end::%s from (select date_part($1, $2) as found) as read $f$',
      kind, case kind when 'timestamptz' then 'double precision' else 'integer' end, case kind when 'timestamptz' then 'stable' else 'immutable' end,
      case kind when 'timestamptz' then 'found' else 'pg_catalog.trunc(found)' end, case kind when 'timestamptz' then 'double precision' else 'integer' end);
  end loop;
end $$;

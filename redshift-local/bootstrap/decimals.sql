-- DECIMAL division: the scale is known before it runs, and what lies behind it is cut off
do $$ begin
  if to_regtype('redshift_catalog.rs_local_divisor') is null then create type rs_local_divisor as (value numeric, scale integer); end if;
end $$;
create or replace function rs_local_divisor(numeric, integer) returns rs_local_divisor language sql immutable as $$ select row($1, $2)::redshift_catalog.rs_local_divisor $$;
create or replace function rs_local_divide(numeric, rs_local_divisor) returns numeric language sql immutable as $$
  select pg_catalog.div($1 * ('1e' || ($2).scale)::numeric, ($2).value) * ('1e-' || ($2).scale)::numeric $$;
do $$ begin
  if to_regoperator('redshift_catalog./(numeric, redshift_catalog.rs_local_divisor)') is null then
    create operator redshift_catalog./ (leftarg = numeric, rightarg = rs_local_divisor, function = rs_local_divide);
  end if;
end $$;

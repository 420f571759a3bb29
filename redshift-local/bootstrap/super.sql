-- SUPER as PartiQL reads it: what is not there is null, unless the session wants an error; the null of JSON is null
create or replace function rs_local_is_off(text) returns boolean language sql stable as $$ select coalesce(lower(current_setting('redshift.' || $1, true)), '') in ('off', 'false', '0') $$;
create or replace function rs_local_lost(text) returns jsonb language plpgsql stable as $$
begin
  if redshift_catalog.rs_local_is_off('navigate_super_null_on_error') then raise exception 'navigation into SUPER finds no %', $1 using errcode = '22023'; end if;
  return null;
end $$;
create or replace function rs_local_some(jsonb) returns jsonb language sql immutable strict as $$ select case when jsonb_typeof($1) <> 'null' then $1 end $$;
create or replace function rs_local_step(jsonb, text) returns jsonb language plpgsql stable strict as $$
begin
  if jsonb_typeof($1) = 'object' and jsonb_exists($1, $2) then return redshift_catalog.rs_local_some($1 -> $2); end if;
  return redshift_catalog.rs_local_lost('attribute ' || $2);
end $$;
create or replace function rs_local_step(jsonb, integer) returns jsonb language plpgsql stable strict as $$
begin
  if jsonb_typeof($1) = 'array' and $2 >= 0 and $2 < jsonb_array_length($1) then return redshift_catalog.rs_local_some($1 -> $2); end if;
  return redshift_catalog.rs_local_lost('element ' || $2);
end $$;
create or replace function rs_local_elements(jsonb) returns setof jsonb language sql immutable as $$
  select redshift_catalog.rs_local_some(value) from jsonb_array_elements(case jsonb_typeof($1) when 'array' then $1 else '[]' end) as item (value) $$;
create or replace function rs_local_elements_at(jsonb, out element jsonb, out at bigint) returns setof record language sql immutable as $$
  select redshift_catalog.rs_local_some(value), at - 1 from jsonb_array_elements(case jsonb_typeof($1) when 'array' then $1 else '[]' end) with ordinality as item (value, at) $$;
create or replace function rs_local_attributes(jsonb) returns setof jsonb language sql immutable as $$
  select redshift_catalog.rs_local_some(value) from jsonb_each(case jsonb_typeof($1) when 'object' then $1 else '{}' end) as item (key, value) $$;
create or replace function rs_local_attributes_at(jsonb, out element jsonb, out at varchar) returns setof record language sql immutable as $$
  select redshift_catalog.rs_local_some(value), key::varchar from jsonb_each(case jsonb_typeof($1) when 'object' then $1 else '{}' end) as item (key, value) $$;

-- dynamic typing. PostgreSQL would read a literal beside SUPER as JSON, since its own operators take JSON on both sides:
-- they go by other names here, which indexes, GROUP BY and DISTINCT do not mind, and these take any value
update pg_catalog.pg_operator set oprname = oprname || '==' where oprleft = 3802 and oprright in (3802, 25, 23, 1009) and oprname in ('=', '<>', '<', '<=', '>', '>=', '||', '-') and oprnamespace = 11;
create or replace function rs_local_same(jsonb, jsonb) returns boolean language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'string' and jsonb_typeof($2) = 'string' then rtrim($1 #>> '{}') = rtrim($2 #>> '{}') else jsonb_eq($1, $2) end $$;
create or replace function rs_local_order(jsonb, jsonb) returns integer language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'string' and jsonb_typeof($2) = 'string' then bttextcmp(rtrim($1 #>> '{}'), rtrim($2 #>> '{}'))
    when jsonb_typeof($1) = jsonb_typeof($2) then jsonb_cmp($1, $2) end $$;
create or replace function rs_local_number(jsonb, text, jsonb) returns jsonb language plpgsql immutable strict as $$
declare a numeric; b numeric;
begin
  if $2 = '+' and jsonb_typeof($1) = 'string' and jsonb_typeof($3) = 'string' then return to_jsonb(($1 #>> '{}') || ($3 #>> '{}')); end if;
  if jsonb_typeof($1) <> 'number' or jsonb_typeof($3) <> 'number' then return null; end if;
  a := ($1 #>> '{}')::numeric; b := ($3 #>> '{}')::numeric;
  return to_jsonb(case $2 when '+' then a + b when '-' then a - b when '*' then a * b when '%' then mod(a, b) when '/' then case when scale(a) = 0 and scale(b) = 0 then div(a, b) else a / b end end);
end $$;
create or replace function rs_local_text(jsonb) returns text language sql immutable strict as $$ select case when jsonb_typeof($1) not in ('array', 'object') then $1 #>> '{}' end $$;
do $$
declare sign text; name text; body text; kind text; gives text;
begin
  foreach sign in array array['=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '||'] loop
    name := 'rs_local_super_' || (array['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'add', 'sub', 'mul', 'div', 'mod', 'cat'])[array_position(array['=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '||'], sign)];
    body := case when sign = '=' then 'redshift_catalog.rs_local_same(%1$s, %2$s)' when sign = '<>' then 'not redshift_catalog.rs_local_same(%1$s, %2$s)'
      when sign in ('<', '<=', '>', '>=') then 'redshift_catalog.rs_local_order(%1$s, %2$s) ' || sign || ' 0'
      when sign = '||' then '(redshift_catalog.rs_local_text(%1$s) || redshift_catalog.rs_local_text(%2$s))::varchar'
      else 'redshift_catalog.rs_local_number(%1$s, ''' || replace(sign, '%', '%%') || ''', %2$s)' end;
    gives := case when sign in ('+', '-', '*', '/', '%') then 'jsonb' when sign = '||' then 'varchar' else 'boolean' end;
    execute format('create or replace function %I(jsonb, anycompatible) returns %s language sql stable as $f$ select %s $f$', name, gives, format(body, '$1', 'to_jsonb($2)'));
    if not exists (select from pg_operator where oprname = sign and oprleft = 'jsonb'::regtype and oprright = 'anycompatible'::regtype) then
      execute format('create operator redshift_catalog.%s (leftarg = jsonb, rightarg = anycompatible, function = %I)', sign, name);
    end if;
    -- a text beside SUPER is PostgreSQL's own comparison of texts, of what SUPER is as a text
    foreach kind in array case when sign = '||' then '{}'::text[] else array['bigint', 'integer', 'smallint', 'numeric', 'double precision', 'boolean'] end loop
      execute format('create or replace function %I(%s, jsonb) returns %s language sql stable as $f$ select %s $f$', name, kind, gives, format(body, 'to_jsonb($1)', '$2'));
      if not exists (select from pg_operator where oprname = sign and oprleft = kind::regtype and oprright = 'jsonb'::regtype) then
        execute format('create operator redshift_catalog.%s (leftarg = %s, rightarg = jsonb, function = %I)', sign, kind, name);
      end if;
    end loop;
  end loop;
end $$;

-- a cast that fails gives null, unless the session wants an error; PostgreSQL's own casts call these
do $$
declare kind text; name text; value text;
begin
  foreach kind in array array['boolean', 'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'date', 'timestamp', 'timestamptz', 'time', 'timetz'] loop
    name := 'rs_local_super_as_' || replace(kind, ' ', '_');
    value := case when kind in ('smallint', 'integer', 'bigint') then format('($1 #>> ''{}'')::numeric::%s', kind)
      when kind = 'boolean' then 'case jsonb_typeof($1) when ''number'' then ($1 #>> ''{}'')::integer::boolean when ''boolean'' then jsonb_eq($1, ''true'') end' else format('($1 #>> ''{}'')::%s', kind) end;
    execute format($f$create or replace function %I(jsonb) returns %s language plpgsql stable strict as $b$
      begin
        if jsonb_typeof($1) = 'null' then return null; end if;
        if jsonb_typeof($1) in ('array', 'object') %s then
          if redshift_catalog.rs_local_is_off('cast_super_null_on_error') then raise exception 'cannot cast SUPER %% to %s', jsonb_typeof($1) using errcode = '22023'; end if;
          return null;
        end if;
        return %s;
      exception when data_exception then
        if redshift_catalog.rs_local_is_off('cast_super_null_on_error') then raise; end if;
        return null;
      end $b$ $f$, name, kind, case when kind ~ '^(date|time)' then 'or jsonb_typeof($1) <> ''string''' else '' end, kind, value);
    if exists (select from pg_cast where castsource = 'jsonb'::regtype and casttarget = kind::regtype) then
      update pg_catalog.pg_cast set castfunc = (format('redshift_catalog.%I(jsonb)', name))::regprocedure where castsource = 'jsonb'::regtype and casttarget = kind::regtype;
    else execute format('create cast (jsonb as %s) with function redshift_catalog.%I(jsonb)', kind, name);
    end if;
  end loop;
  if not exists (select from pg_cast where castsource = 'jsonb'::regtype and casttarget = 'text'::regtype) then
    create cast (jsonb as text) with function redshift_catalog.rs_local_text(jsonb) as implicit;
  end if;
end $$;
-- functions of numbers give SUPER, and null for what is no number
do $$
declare name text;
begin
  foreach name in array array['abs', 'floor', 'ceil', 'ceiling', 'round', 'trunc'] loop
    execute format('create or replace function %I(jsonb) returns jsonb language sql immutable strict as $f$
      select case jsonb_typeof($1) when ''number'' then to_jsonb(pg_catalog.%I(($1 #>> ''{}'')::numeric)) end $f$', name, name);
  end loop;
  execute 'create or replace function rs_local_super_neg(jsonb) returns jsonb language sql immutable strict as $f$ select redshift_catalog.rs_local_number(''0'', ''-'', $1) $f$';
  execute 'create or replace function rs_local_super_pos(jsonb) returns jsonb language sql immutable strict as $f$ select redshift_catalog.rs_local_number(''0'', ''+'', $1) $f$';
  if to_regoperator('redshift_catalog.-(none, jsonb)') is null then
    create operator redshift_catalog.- (rightarg = jsonb, function = rs_local_super_neg);
    create operator redshift_catalog.+ (rightarg = jsonb, function = rs_local_super_pos);
  end if;
end $$;
-- booleans come before numbers, those before strings, arrays and objects; a null is last
create or replace function rs_local_super_cmp(jsonb, jsonb) returns integer language plpgsql immutable strict as $$
declare left_kind text := jsonb_typeof($1); right_kind text := jsonb_typeof($2); kinds text[] := '{boolean,number,string,array,object,null}';
begin
  if left_kind = right_kind then return jsonb_cmp($1, $2); end if;
  return sign(array_position(kinds, left_kind) - array_position(kinds, right_kind));
end $$;
update pg_catalog.pg_amproc p set amproc = 'redshift_catalog.rs_local_super_cmp(jsonb, jsonb)'::regprocedure::oid::regproc
from pg_catalog.pg_opfamily y, pg_catalog.pg_am a
where y.oid = p.amprocfamily and y.opfname = 'jsonb_ops' and a.oid = y.opfmethod and a.amname = 'btree' and p.amprocnum = 1
  and p.amproc <> 'redshift_catalog.rs_local_super_cmp(jsonb, jsonb)'::regprocedure::oid;
create or replace function rs_local_sum_state(jsonb, jsonb) returns jsonb language sql immutable as $$
  select case when $2 is null or jsonb_typeof($2) <> 'number' then $1 when $1 is null then $2 else redshift_catalog.rs_local_number($1, '+', $2) end $$;
create or replace aggregate sum(jsonb) (sfunc = rs_local_sum_state, stype = jsonb);
create or replace function rs_local_avg_state(numeric[], jsonb) returns numeric[] language sql immutable as $$
  select case when $2 is null or jsonb_typeof($2) <> 'number' then $1 else array[$1[1] + 1, $1[2] + ($2 #>> '{}')::numeric] end $$;
create or replace function rs_local_super_avg(numeric[]) returns jsonb language sql immutable as $$ select case when $1[1] > 0 then to_jsonb($1[2] / $1[1]) end $$;
create or replace aggregate avg(jsonb) (sfunc = rs_local_avg_state, stype = numeric[], finalfunc = rs_local_super_avg, initcond = '{0,0}');
create or replace function rs_local_less(jsonb, jsonb) returns jsonb language sql immutable strict as $$ select case when jsonb_cmp($1, $2) <= 0 then $1 else $2 end $$;
create or replace function rs_local_more(jsonb, jsonb) returns jsonb language sql immutable strict as $$ select case when jsonb_cmp($1, $2) >= 0 then $1 else $2 end $$;
create or replace aggregate min(jsonb) (sfunc = rs_local_less, stype = jsonb);
create or replace aggregate max(jsonb) (sfunc = rs_local_more, stype = jsonb);

-- what a value is; a number is a decimal here, JSON tells no floating point apart
create or replace function rs_local_whole(jsonb) returns numeric language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'number' and scale(($1 #>> '{}')::numeric) = 0 then ($1 #>> '{}')::numeric end $$;
create or replace function is_smallint(jsonb) returns boolean language sql immutable as $$ select coalesce(redshift_catalog.rs_local_whole($1) between -32768 and 32767, false) $$;
create or replace function is_integer(jsonb) returns boolean language sql immutable as $$ select coalesce(redshift_catalog.rs_local_whole($1) between -2147483648 and 2147483647, false) $$;
create or replace function is_bigint(jsonb) returns boolean language sql immutable as $$ select coalesce(redshift_catalog.rs_local_whole($1) between -9223372036854775808 and 9223372036854775807, false) $$;
create or replace function is_decimal(jsonb) returns boolean language sql immutable as $$ select coalesce(jsonb_typeof($1) = 'number', false) $$;
create or replace function is_char(jsonb) returns boolean language sql immutable as $$ select coalesce(jsonb_typeof($1) = 'string' and octet_length($1 #>> '{}') = char_length($1 #>> '{}'), false) $$;
create or replace function decimal_scale(jsonb) returns integer language sql immutable strict as $$ select case when jsonb_typeof($1) = 'number' then scale(($1 #>> '{}')::numeric) end $$;
create or replace function decimal_precision(jsonb) returns integer language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'number' then length(ltrim(pg_catalog.regexp_replace($1 #>> '{}', '[^0-9]', '', 'g'), '0')) end $$;
-- an array of the leader node's catalog: it is not SUPER, and counts from one
create or replace function rs_local_step(anyarray, integer) returns anyelement language sql immutable as $$ select $1[$2] $$;
create or replace function json_size(jsonb) returns integer language sql immutable strict as $$ select octet_length(redshift_catalog.rs_local_json_serialize($1)) $$;

-- HyperLogLog with 2^15 registers, always in its sparse form; the hash is PostgreSQL's, so that indices are others than there
do $$ begin
  if to_regtype('redshift_catalog.hllsketch') is not null then return; end if;
  create type hllsketch;
  create function hllsketch_in(cstring) returns hllsketch language internal immutable strict as 'textin';
  create function hllsketch_out(hllsketch) returns cstring language internal immutable strict as 'textout';
  create function hllsketch_receive(internal) returns hllsketch language internal immutable strict as 'textrecv';
  create function hllsketch_send(hllsketch) returns bytea language internal immutable strict as 'textsend';
  create type hllsketch (input = hllsketch_in, output = hllsketch_out, receive = hllsketch_receive, send = hllsketch_send, like = text);
end $$;
create or replace function rs_local_hash(bytea) returns bigint language plpgsql immutable as $$ begin raise exception 'a sketch is not made of VARBYTE' using errcode = '0A000'; end $$;
create or replace function rs_local_hash(anyelement) returns bigint language sql immutable strict as $$ select hashtextextended(rtrim($1::text), 0) $$;
create or replace function rs_local_registers(integer[], integer[]) returns hllsketch language sql immutable as $$
  select ('{"version":1,"logm":15,"sparse":{"indices":[' || coalesce(string_agg(place::text, ',' order by place), '') || '],"values":[' || coalesce(string_agg(rank::text, ',' order by place), '') || ']}}')::hllsketch
  from (select place, max(rank) as rank from unnest($1, $2) as register (place, rank) group by place) as kept $$;
create or replace function rs_local_sketch(bigint[]) returns hllsketch language sql immutable as $$
  select redshift_catalog.rs_local_registers(array_agg((hash & 32767)::integer), array_agg(50 - length(ltrim(((hash >> 15) & 562949953421311)::bit(49)::text, '0')))) from unnest($1) as hash $$;
create or replace aggregate rs_local_hashes(bigint) (sfunc = array_append, stype = bigint[]);
create or replace function rs_local_places(hllsketch, out place integer, out rank integer) returns setof record language sql immutable strict as $$
  select place::integer, rank::integer from (select $1::text::json -> 'sparse' as sparse) as read,
    rows from (json_array_elements_text(sparse -> 'indices'), json_array_elements_text(sparse -> 'values')) as register (place, rank) $$;
create or replace function hll_cardinality(hllsketch) returns bigint language sql immutable strict as $$
  select round(case when empty > 0 and raw <= 2.5 * 32768 then 32768 * ln(32768 / empty) else raw end)::bigint
  from (select empty, 0.7213 / (1 + 1.079 / 32768) * 32768 ^ 2 / (empty + weight) as raw
    from (select 32768 - count(*)::double precision as empty, coalesce(sum(2 ^ -rank::double precision), 0) as weight from redshift_catalog.rs_local_places($1)) as counted) as guessed $$;
create or replace function rs_local_combine(hllsketch[]) returns hllsketch language sql immutable as $$
  select redshift_catalog.rs_local_registers(array_agg(place), array_agg(rank)) from unnest($1) as one (sketch), redshift_catalog.rs_local_places(sketch) $$;
create or replace aggregate hll_combine(hllsketch) (sfunc = array_append, stype = hllsketch[], finalfunc = rs_local_combine);
create or replace function hll_combine_sketches(hllsketch, hllsketch) returns hllsketch language sql immutable strict as $$ select redshift_catalog.rs_local_combine(array[$1, $2]) $$;

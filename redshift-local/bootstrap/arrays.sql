-- arrays of SUPER as sets and lists: nulls are values like others, unless a search says that they are unknown
create or replace function rs_local_items(jsonb) returns table (item jsonb, at bigint) language sql immutable as $$
  select value, number - 1 from jsonb_array_elements(case jsonb_typeof($1) when 'array' then $1 end) with ordinality as list (value, number) $$;
create or replace function rs_local_item(jsonb) returns jsonb language sql immutable strict as $$ select coalesce($1 -> 0, 'null'::jsonb) $$;
create or replace function rs_local_list(jsonb[]) returns jsonb language sql immutable as $$ select coalesce(to_jsonb($1), '[]'::jsonb) $$;
create or replace function array_distinct(jsonb) returns jsonb language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'array' then redshift_catalog.rs_local_list(array(select item from redshift_catalog.rs_local_items($1) group by item order by min(at))) end $$;
create or replace function array_union(jsonb, jsonb) returns jsonb language sql immutable strict as $$ select redshift_catalog.array_distinct(redshift_catalog.array_concat($1, $2)) $$;
-- the n-th of equal elements meets the n-th of the other side; with distinct any meets any
create or replace function rs_local_matched(jsonb, jsonb, boolean, boolean) returns jsonb language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'array' and jsonb_typeof($2) = 'array' then redshift_catalog.rs_local_list(array(
    select a.item from (select item, at, row_number() over (partition by item order by at) as nth from redshift_catalog.rs_local_items($1)) as a
    where (not $3 or a.nth = 1) and $4 = exists (select from (select item, row_number() over (partition by item order by at) as nth from redshift_catalog.rs_local_items($2)) as b
      where jsonb_eq(b.item, a.item) and ($3 or b.nth = a.nth)) order by a.at)) end $$;
create or replace function array_except(jsonb, jsonb, boolean default false) returns jsonb language sql immutable strict as $$ select redshift_catalog.rs_local_matched($1, $2, $3, false) $$;
create or replace function array_intersection(jsonb, jsonb, boolean default false) returns jsonb language sql immutable strict as $$ select redshift_catalog.rs_local_matched($1, $2, $3, true) $$;
create or replace function arrays_overlap(jsonb, jsonb) returns boolean language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'array' and jsonb_typeof($2) = 'array' then exists (select from redshift_catalog.rs_local_items($1) a, redshift_catalog.rs_local_items($2) b where jsonb_eq(a.item, b.item)) end $$;
create or replace function array_positions(jsonb, jsonb, null_match boolean default null) returns jsonb language plpgsql stable as $$
declare found jsonb[]; knows boolean := coalesce(null_match, not redshift_catalog.rs_local_is_off('default_array_search_null_handling'));
begin
  if jsonb_typeof($1) is distinct from 'array' or not knows and jsonb_typeof($2) = 'null' then return null; end if;
  found := array(select to_jsonb(at) from redshift_catalog.rs_local_items($1) where jsonb_eq(item, $2) order by at);
  if cardinality(found) = 0 and not knows and exists (select from redshift_catalog.rs_local_items($1) where jsonb_typeof(item) = 'null') then return null; end if;
  return redshift_catalog.rs_local_list(found);
end $$;
create or replace function array_position(jsonb, jsonb, null_match boolean default null) returns integer language sql stable as $$
  select case when jsonb_array_length(found) > 0 then (found ->> 0)::integer when found is not null then -1 end from (select redshift_catalog.array_positions($1, $2, $3) as found) as search $$;
create or replace function array_contains(jsonb, jsonb, null_match boolean default null) returns boolean language sql stable as $$ select redshift_catalog.array_position($1, $2, $3) >= 0 $$;
create or replace function array_sort(jsonb, boolean default true, nulls_first boolean default null) returns jsonb language sql immutable as $$
  select case when jsonb_typeof($1) = 'array' then redshift_catalog.rs_local_list(array(
    select item from (select item, at, jsonb_typeof(item) = 'null' as is_null, row_number() over (order by array_position(array['boolean', 'number', 'string', 'array', 'object'], jsonb_typeof(item)),
      case when jsonb_typeof(item) in ('number', 'boolean') then item end, item #>> '{}' collate "C") as place from redshift_catalog.rs_local_items($1)) as sorted
    order by is_null <> coalesce($3, not $2), case when $2 then place else -place end)) end $$;
create or replace function rs_local_renamed(jsonb, boolean) returns jsonb language sql immutable strict as $$
  select case jsonb_typeof($1) when 'object' then (select coalesce(jsonb_object_agg(case when $2 then upper(key) else lower(key) end, redshift_catalog.rs_local_renamed(value, $2)), '{}') from jsonb_each($1))
    when 'array' then (select coalesce(jsonb_agg(redshift_catalog.rs_local_renamed(value, $2) order by at), '[]') from jsonb_array_elements($1) with ordinality as list (value, at)) else $1 end $$;
create or replace function lower_attribute_names(jsonb) returns jsonb language sql immutable strict as $$ select redshift_catalog.rs_local_renamed($1, false) $$;
create or replace function upper_attribute_names(jsonb) returns jsonb language sql immutable strict as $$ select redshift_catalog.rs_local_renamed($1, true) $$;
create or replace function get_number_attributes(jsonb) returns integer language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'object' then (select count(*)::integer from jsonb_object_keys($1)) end $$;

-- SUPER's limits: 16 MB, and the bytes of one text or name inside it; a value that is smaller holds no longer one
create or replace function rs_local_super_text_bytes() returns integer language sql stable as $$ select case when redshift_catalog.is_large_string_enabled() then 16000000 else 65535 end $$;
create or replace function rs_local_fit_super(value jsonb) returns jsonb language plpgsql stable strict as $$
declare size integer := pg_column_size(value); most integer; longest integer;
begin
  if size <= 65535 then return value; end if;
  if size > 16777216 and octet_length(textin(jsonb_out(value))) > 16777216 then
    raise exception 'SUPER value exceeds the max size of 16777216 bytes' using errcode = '54000';
  end if;
  most := redshift_catalog.rs_local_super_text_bytes();
  if size <= most then return value; end if;
  select max(octet_length(texts.inner_text #>> '{}')) into longest from (
    select jsonb_path_query(value, 'strict $.** ? (@.type() == "string")') as inner_text
    union all select jsonb_path_query(value, 'strict $.** ? (@.type() == "object").keyvalue().key')) as texts(inner_text);
  if longest > most then
    raise exception 'String value exceeds the max size of % bytes', most using errcode = '54000', detail = format('a text inside SUPER has %s bytes', longest);
  end if;
  return value;
end $$;
-- an attribute comes once in an object, unless the session keeps the last of several
create or replace function rs_local_deduplicated(text) returns text language plpgsql stable strict as $$
begin
  if $1 is json and coalesce(lower(current_setting('redshift.json_parse_dedup_attributes', true)), '') not in ('on', 'true', '1') then
    raise exception 'JSON_PARSE: an attribute comes twice in one object' using errcode = '22030';
  end if;
  return $1;
end $$;
create or replace function json_parse(text) returns jsonb language sql stable strict as $$
  select redshift_catalog.rs_local_fit_super(case when $1 is json with unique keys then $1 else redshift_catalog.rs_local_deduplicated($1) end::json::jsonb) $$;
create or replace function json_parse(bytea) returns jsonb language sql stable strict as $$ select redshift_catalog.json_parse(convert_from($1, 'UTF8')) $$;
create or replace function rs_local_json_serialize(jsonb) returns text language sql immutable strict as $$ select pg_catalog.regexp_replace(textin(jsonb_out($1)), '("([^"\\]|\\.)*")|\s+', '\1', 'g') $$;
create or replace function json_serialize_to_varbyte(jsonb) returns bytea language sql immutable strict as $$ select convert_to(redshift_catalog.rs_local_json_serialize($1), 'UTF8') $$;
create or replace function can_json_parse(text) returns boolean language sql immutable strict as $$ select pg_input_is_valid($1, 'jsonb') and $1 is json with unique keys $$;
create or replace function is_valid_json(text) returns boolean language sql immutable strict as $$ select pg_input_is_valid($1, 'jsonb') and left(ltrim($1), 1) = '{' $$;
create or replace function is_valid_json_array(text) returns boolean language sql immutable strict as $$ select pg_input_is_valid($1, 'jsonb') and left(ltrim($1), 1) = '[' $$;
-- text and whether it may be invalid; the text of values as it was written, hence json
create or replace function rs_local_json_at(text, boolean, text[]) returns text language plpgsql immutable strict as $$
declare found text;
begin
  if $2 and not pg_input_is_valid($1, 'json') then return null; end if;
  found := $1::json #>> $3;
  return case when left(found, 1) in ('{', '[') then pg_catalog.regexp_replace(found, '("([^"\\]|\\.)*")|\s+', '\1', 'g') else found end;
end $$;
create or replace function json_extract_path_text(text, variadic text[]) returns text language sql immutable strict as $$ select redshift_catalog.rs_local_json_at($1, false, $2) $$;
create or replace function rs_local_json_path(text, boolean, variadic text[]) returns text language sql immutable strict as $$ select redshift_catalog.rs_local_json_at($1, $2, $3) $$;
create or replace function json_extract_array_element_text(text, integer, boolean default false) returns text language sql immutable strict as $$
  select case when $2 >= 0 then redshift_catalog.rs_local_json_at($1, $3, array[$2::text]) end $$;
create or replace function json_array_length(text, boolean default false) returns integer language plpgsql immutable strict as $$
begin
  if $2 and not pg_input_is_valid($1, 'json') then return null; end if;
  return pg_catalog.json_array_length($1::json);
end $$;

-- SUPER: a value that is not of the asked type becomes NULL, as with cast_super_null_on_error
create or replace function json_typeof(jsonb) returns varchar language sql immutable strict as $$ select jsonb_typeof($1) $$;
create or replace function get_array_length(jsonb) returns bigint language sql immutable strict as $$ select case jsonb_typeof($1) when 'array' then jsonb_array_length($1) end $$;
create or replace function is_array(jsonb) returns boolean language sql immutable as $$ select coalesce(jsonb_typeof($1) = 'array', false) $$;
create or replace function is_object(jsonb) returns boolean language sql immutable as $$ select coalesce(jsonb_typeof($1) = 'object', false) $$;
create or replace function is_scalar(jsonb) returns boolean language sql immutable as $$ select coalesce(jsonb_typeof($1) not in ('array', 'object'), false) $$;
create or replace function is_varchar(jsonb) returns boolean language sql immutable as $$ select coalesce(jsonb_typeof($1) = 'string', false) $$;
create or replace function is_boolean(jsonb) returns boolean language sql immutable as $$ select coalesce(jsonb_typeof($1) = 'boolean', false) $$;
create or replace function array_concat(jsonb, jsonb) returns jsonb language sql immutable strict as $$ select case when jsonb_typeof($1) = 'array' and jsonb_typeof($2) = 'array' then jsonb_concat($1, $2) end $$;
create or replace function array_flatten(jsonb) returns jsonb language sql immutable strict as $$
  select case when jsonb_typeof($1) = 'array' then coalesce((select jsonb_agg(inner_item.value order by item.ordinality, inner_item.ordinality) from jsonb_array_elements($1) with ordinality as item,
    jsonb_array_elements(case jsonb_typeof(item.value) when 'array' then redshift_catalog.array_flatten(item.value) else jsonb_build_array(item.value) end) with ordinality as inner_item), '[]'::jsonb) end $$;
create or replace function subarray(jsonb, integer, integer) returns jsonb language sql immutable strict as $$
  select coalesce(jsonb_agg(value order by ordinality), '[]'::jsonb) from jsonb_array_elements($1) with ordinality
    -- a negative position counts from the end
    where ordinality - 1 - case when $2 < 0 then jsonb_array_length($1) + $2 else $2 end between 0 and $3 - 1 $$;
create or replace function split_to_array(text, text default ',') returns jsonb language sql immutable strict as $$ select to_jsonb(string_to_array($1, $2)) $$;
create or replace function rs_local_super(text) returns jsonb language sql stable strict as $$ select redshift_catalog.rs_local_fit_super(to_jsonb($1)) $$;
create or replace function rs_local_super(numeric) returns jsonb language sql immutable strict as $$ select to_jsonb($1) $$;
create or replace function rs_local_super(double precision) returns jsonb language sql immutable strict as $$ select to_jsonb($1) $$;
create or replace function rs_local_super(boolean) returns jsonb language sql immutable strict as $$ select to_jsonb($1) $$;
create or replace function rs_local_super(bigint) returns jsonb language sql immutable strict as $$ select to_jsonb($1) $$;
create or replace function rs_local_super(integer) returns jsonb language sql immutable strict as $$ select to_jsonb($1) $$;
create or replace function rs_local_super(smallint) returns jsonb language sql immutable strict as $$ select to_jsonb($1) $$;
create or replace function rs_local_super(jsonb) returns jsonb language sql immutable strict as $$ select $1 $$;
do $$
declare kind text;
begin
  foreach kind in array array['date', 'timestamp', 'timestamptz', 'time', 'timetz'] loop
    execute format('create or replace function rs_local_super(%s) returns jsonb language plpgsql immutable as $f$ begin raise exception ''could not convert type %s to super'' using errcode = ''42846'', hint = ''cast it to varchar''; end $f$', kind, kind);
  end loop;
end $$;
create or replace function rs_local_super_text(jsonb) returns varchar language sql immutable strict as $$ select case when jsonb_typeof($1) not in ('array', 'object') then $1 #>> '{}' end $$;
do $$
declare kind text;
begin
  foreach kind in array array['text', 'varchar', 'numeric', 'double precision', 'boolean', 'bigint', 'integer', 'smallint'] loop
    if not exists (select 1 from pg_cast where castsource = kind::regtype and casttarget = 'jsonb'::regtype) then
      execute format('create cast (%s as jsonb) with function redshift_catalog.rs_local_super(%s) as assignment', kind, replace(kind, 'varchar', 'text'));
    end if;
  end loop;
  if not exists (select 1 from pg_cast where castsource = 'jsonb'::regtype and casttarget = 'varchar'::regtype) then
    create cast (jsonb as varchar) with function redshift_catalog.rs_local_super_text(jsonb);
  end if;
end $$;

-- keys are informational: none is enforced. a primary or unique key is an index that no row is in, so that the catalog has it as drivers look
-- for it, and it follows renames and drops; a foreign key lies with its first column, as traits do
drop view if exists rs_local_index, rs_local_foreign_keys, rs_local_constraint, rs_local_key_columns, rs_local_table_constraints, rs_local_key_column_usage,
  rs_local_constraint_column_usage, rs_local_referential_constraints cascade;
create or replace view rs_local_index as
select i.indexrelid, i.indrelid, i.indnatts, i.indnkeyatts, i.indisunique or k.kind is not null as indisunique, coalesce(k.kind = 'primary key', false) as indisprimary, i.indisclustered, i.indisvalid,
  i.indkey, i.indclass, i.indoption, i.indexprs, case when k.kind is null then i.indpred end as indpred, k.kind as rs_local_kind
from pg_catalog.pg_index i left join (select objoid, substr(description, 10) as kind from pg_catalog.pg_description where classoid = 'pg_catalog.pg_class'::regclass and objsubid = 0 and description like 'redshift %') k
  on k.objoid = i.indexrelid;
create or replace view rs_local_foreign_keys as
select (f.key ->> 'oid')::oid as oid, f.key ->> 'name' as name, a.attrelid as relation, (f.key ->> 'columns')::smallint[] as columns, (f.key ->> 'other')::oid as other, (f.key ->> 'others')::smallint[] as others
from pg_catalog.pg_attribute a cross join lateral unnest(a.attfdwoptions) said cross join lateral (select jsonb_in(textout(substr(said, 9))) as key) f
where a.attnum > 0 and not a.attisdropped and a.attfdwoptions is not null and said like 'foreign=%' and exists (select from pg_catalog.pg_class where oid = (f.key ->> 'other')::oid)
  and not exists (select from pg_catalog.pg_attribute d where d.attisdropped and (d.attrelid = a.attrelid and d.attnum = any ((f.key ->> 'columns')::smallint[]) or d.attrelid = (f.key ->> 'other')::oid and d.attnum = any ((f.key ->> 'others')::smallint[])));
create or replace view rs_local_constraint as
select i.indexrelid as oid, c.relname as conname, c.relnamespace as connamespace, (case i.rs_local_kind when 'primary key' then 'p' else 'u' end)::"char" as contype, false as condeferrable, false as condeferred,
  i.indrelid as conrelid, 0::oid as contypid, i.indexrelid as conindid, 0::oid as confrelid, ' '::"char" as confupdtype, ' '::"char" as confdeltype, ' '::"char" as confmatchtype,
  string_to_array(i.indkey::text, ' ')::smallint[] as conkey, null::smallint[] as confkey, null::text as conbin, null::text as consrc
from rs_local_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where i.rs_local_kind is not null
union all
select f.oid, f.name::name, c.relnamespace, 'f', false, false, f.relation, 0, (select i.indexrelid from rs_local_index i where i.indrelid = f.other and i.rs_local_kind is not null
    and string_to_array(i.indkey::text, ' ')::smallint[] @> f.others and i.indnatts = cardinality(f.others) order by i.indisprimary desc limit 1),
  f.other, 'a', 'a', 'u', f.columns, f.others, null, null
from rs_local_foreign_keys f join pg_catalog.pg_class c on c.oid = f.relation;
create or replace function rs_local_constraintdef(oid, boolean default false) returns text language sql stable as $$
  select case k.contype when 'p' then 'PRIMARY KEY (' when 'u' then 'UNIQUE (' else 'FOREIGN KEY (' end
    || (select string_agg(quote_ident(a.attname), ', ' order by p.at) from unnest(k.conkey) with ordinality as p (attnum, at) join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.attnum) || ')'
    || case when k.contype = 'f' then ' REFERENCES ' || k.confrelid::regclass || '('
      || (select string_agg(quote_ident(a.attname), ', ' order by p.at) from unnest(k.confkey) with ordinality as p (attnum, at) join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = p.attnum) || ')' else '' end
  from redshift_catalog.rs_local_constraint k where k.oid = $1 $$;

-- one column of a key a row
create or replace view rs_local_key_columns as
select k.oid, k.conname, k.contype, k.conindid, n.nspname as schema_name, c.relname as table_name, c.oid as relation, a.attname as column_name, p.at::integer as key_seq,
  fn.nspname as other_schema, fc.relname as other_table, fa.attname as other_column, fc.oid as other
from rs_local_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  cross join lateral unnest(k.conkey) with ordinality as p (attnum, at) join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.attnum
  left join pg_catalog.pg_class fc on fc.oid = k.confrelid left join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace
  left join pg_catalog.pg_attribute fa on fa.attrelid = k.confrelid and fa.attnum = k.confkey[p.at];
create or replace view rs_local_table_constraints as
select distinct rs_local_name(current_database()) as constraint_catalog, rs_local_name(schema_name) as constraint_schema, rs_local_name(conname) as constraint_name, rs_local_name(current_database()) as table_catalog,
  rs_local_name(schema_name) as table_schema, rs_local_name(table_name) as table_name, (case contype when 'p' then 'PRIMARY KEY' when 'u' then 'UNIQUE' else 'FOREIGN KEY' end)::varchar as constraint_type,
  'NO'::varchar as is_deferrable, 'NO'::varchar as initially_deferred
from rs_local_key_columns;
create or replace view rs_local_key_column_usage as
select rs_local_name(current_database()) as constraint_catalog, rs_local_name(schema_name) as constraint_schema, rs_local_name(conname) as constraint_name, rs_local_name(current_database()) as table_catalog,
  rs_local_name(schema_name) as table_schema, rs_local_name(table_name) as table_name, rs_local_name(column_name) as column_name, key_seq as ordinal_position
from rs_local_key_columns;
create or replace view rs_local_constraint_column_usage as
select rs_local_name(current_database()) as table_catalog, rs_local_name(coalesce(other_schema, schema_name)) as table_schema, rs_local_name(coalesce(other_table, table_name)) as table_name, rs_local_name(coalesce(other_column, column_name)) as column_name,
  rs_local_name(current_database()) as constraint_catalog, rs_local_name(schema_name) as constraint_schema, rs_local_name(conname) as constraint_name
from rs_local_key_columns;
create or replace view rs_local_referential_constraints as
select distinct rs_local_name(current_database()) as constraint_catalog, rs_local_name(k.schema_name) as constraint_schema, rs_local_name(k.conname) as constraint_name, rs_local_name(current_database()) as unique_constraint_catalog,
  rs_local_name(k.other_schema) as unique_constraint_schema, rs_local_name(u.conname) as unique_constraint_name, 'NONE'::varchar as match_option, 'NO ACTION'::varchar as update_rule, 'NO ACTION'::varchar as delete_rule
from rs_local_key_columns k left join rs_local_constraint u on u.oid = k.conindid where k.contype = 'f';

-- the name that a key has, or one that nothing in the schema has
create or replace function rs_local_key_name(relation oid, given text, otherwise text) returns text language plpgsql as $$
declare namespace oid := (select max(relnamespace) from pg_catalog.pg_class where oid = relation); named text := coalesce(given, redshift_catalog.rs_local_new_name(otherwise)); n integer := 0;
begin
  loop
    if not exists (select from pg_catalog.pg_class where relnamespace = namespace and relname = named)
      and not exists (select from redshift_catalog.rs_local_foreign_keys f join pg_catalog.pg_class c on c.oid = f.relation where c.relnamespace = namespace and f.name = named and f.relation = rs_local_key_name.relation) then return named; end if;
    if given is not null then raise exception 'relation "%" already exists', given using errcode = '42P07'; end if;
    n := n + 1;
    named := redshift_catalog.rs_local_new_name(redshift_catalog.rs_local_varchar(otherwise, 131 - length(n::text), true) || n);
  end loop;
end $$;
create or replace function rs_local_key_numbers(relation oid, names text[]) returns smallint[] language plpgsql stable as $$
declare named text; found smallint; numbers smallint[] := '{}';
begin
  foreach named in array names loop
    select attnum into found from pg_catalog.pg_attribute where attrelid = relation and attname = named and attnum > 0 and not attisdropped;
    if found is null then raise exception 'column "%" named in key does not exist', named using errcode = '42703'; end if;
    numbers := numbers || found;
  end loop;
  return numbers;
end $$;
create or replace function rs_local_note_key(noted text, key jsonb) returns void language plpgsql security definer as $$
declare
  target oid := to_regclass(noted); kind text := key ->> 'type'; names text[] := array(select jsonb_array_elements_text(key -> 'columns'));
  base text; whole text; named text; other oid; others smallint[]; numbers smallint[]; seen text;
begin
  select relname, redshift_catalog.rs_local_name(relname) into base, whole from pg_catalog.pg_class where oid = target;
  numbers := redshift_catalog.rs_local_key_numbers(target, names);
  if kind = 'foreign key' then
    other := to_regclass(key ->> 'other');
    if other is null then raise exception 'relation "%" does not exist', key ->> 'other' using errcode = '42P01'; end if;
    others := case when key ? 'others' then redshift_catalog.rs_local_key_numbers(other, array(select jsonb_array_elements_text(key -> 'others')))
      else (select conkey from redshift_catalog.rs_local_constraint where conrelid = other and contype = 'p') end;
    if others is null then raise exception 'there is no primary key for referenced table "%"', other::regclass using errcode = '42704'; end if;
    if cardinality(others) <> cardinality(numbers) then raise exception 'number of referencing and referenced columns for foreign key disagree' using errcode = '42830'; end if;
    if not exists (select from redshift_catalog.rs_local_constraint k where k.conrelid = other and k.contype in ('p', 'u') and k.conkey @> others and others @> k.conkey) then
      raise exception 'there is no unique constraint matching given keys for referenced table "%"', other::regclass using errcode = '42830'; end if;
    named := redshift_catalog.rs_local_key_name(target, key ->> 'name', whole || '_' || redshift_catalog.rs_local_name(names[1]) || '_fkey');
    update pg_catalog.pg_attribute set attfdwoptions = coalesce(attfdwoptions, '{}') || ('foreign=' || textin(jsonb_out(jsonb_build_object('oid', pg_nextoid('pg_catalog.pg_class', 'oid', 'pg_catalog.pg_class_oid_index')::bigint,
      'name', named, 'columns', numbers::text, 'other', other::bigint, 'others', others::text)))) where attrelid = target and attnum = numbers[1];
    return;
  end if;
  if kind = 'primary key' then
    if exists (select from redshift_catalog.rs_local_index where indrelid = target and indisprimary) then raise exception 'multiple primary keys for table "%" are not allowed', base using errcode = '42P16'; end if;
    foreach seen in array names loop execute format('alter table %s alter column %I set not null', target::regclass, seen); end loop;
  end if;
  named := redshift_catalog.rs_local_key_name(target, key ->> 'name', case kind when 'primary key' then whole || '_pkey' else whole || '_' || (select string_agg(redshift_catalog.rs_local_name(item), '_' order by at) from unnest(names) with ordinality as list (item, at)) || '_key' end);
  execute format('create index %I on %s (%s) where false', named, target::regclass, (select string_agg(quote_ident(item), ', ' order by at) from unnest(names) with ordinality as list (item, at)));
  execute format('comment on index %s is %L', (select format('%I.%I', n.nspname, named) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = target), 'redshift ' || kind);
end $$;
create or replace function rs_local_require_unreferenced(names text[]) returns void language plpgsql stable as $$
declare found record;
begin
  select f.name, f.relation::regclass as holder, f.other::regclass as held into found from redshift_catalog.rs_local_foreign_keys f
  where f.other = any (select to_regclass(name)::oid from unnest(names) name) and f.relation <> all (select to_regclass(name)::oid from unnest(names) name where to_regclass(name) is not null) limit 1;
  if found is not null then raise exception 'cannot drop table % because other objects depend on it: constraint % on table % depends on it', found.held, found.name, found.holder using errcode = '2BP01', hint = 'Use DROP ... CASCADE to drop the dependent objects too.'; end if;
end $$;
-- what a foreign key of another table names cannot go without CASCADE, which takes that key with it
create or replace function rs_local_drop_key(noted text, named text, cascading boolean) returns void language plpgsql security definer as $$
declare target oid := to_regclass(noted); key record;
begin
  select * into key from redshift_catalog.rs_local_constraint where conrelid = target and conname = named;
  if not found then raise exception 'constraint "%" does not exist', named using errcode = '42704'; end if;
  if key.contype = 'f' then
    update pg_catalog.pg_attribute a set attfdwoptions = nullif(array(select said from unnest(a.attfdwoptions) said where said not like 'foreign=%' or (jsonb_in(textout(substr(said, 9))) ->> 'oid')::oid <> key.oid), '{}')
    where a.attrelid = target and a.attnum = key.conkey[1];
  else
    if exists (select from redshift_catalog.rs_local_constraint where conindid = key.oid and contype = 'f') then
      if not cascading then raise exception 'cannot drop constraint % on table % because other objects depend on it', named, target::regclass using errcode = '2BP01', hint = 'Use DROP ... CASCADE to drop the dependent objects too.'; end if;
      perform redshift_catalog.rs_local_drop_key(f.conrelid::regclass::text, f.conname, true) from redshift_catalog.rs_local_constraint f where f.conindid = key.oid and f.contype = 'f';
    end if;
    execute format('drop index %s', key.oid::regclass);
  end if;
  -- a column that no key names is free again
  update pg_catalog.pg_attribute a set attfdwoptions = nullif(array_remove(a.attfdwoptions, 'key'), '{}')
  where a.attrelid = target and a.attnum = any (key.conkey) and not exists (select from redshift_catalog.rs_local_constraint k where k.conrelid = target and a.attnum = any (k.conkey));
end $$;
-- SHOW TABLE: the statement that would make it. AWS: r_SHOW_TABLE
create or replace function rs_local_tabledef(regclass) returns text language sql stable as $$
  select format('CREATE TABLE %s.%s (%s    %s%s)%sDISTSTYLE %s%s;', quote_ident(redshift_catalog.rs_local_name(n.nspname)), quote_ident(redshift_catalog.rs_local_name(c.relname)), chr(10),
    (select string_agg(line, format(',%s    ', chr(10)) order by at) from (
      select a.attnum::integer as at, concat(quote_ident(redshift_catalog.rs_local_name(a.attname)), ' ', case a.atttypid when 'jsonb'::regtype then 'super' when 'bytea'::regtype then 'binary varying(' || redshift_catalog.rs_local_byte_limit(c.oid, a.attname) || ')' else format_type(a.atttypid, a.atttypmod) end,
        case when a.attidentity <> '' then concat(case a.attidentity when 'd' then ' GENERATED BY DEFAULT AS' end, ' IDENTITY(', (select s.seqstart || ',' || s.seqincrement from pg_catalog.pg_sequence s where s.seqrelid = pg_get_serial_sequence($1::text, a.attname)::regclass), ')')
          when d.adbin is not null then ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) end,
        case when a.attnotnull then ' NOT NULL' end, case when e.encoding <> 'none' then ' ENCODE ' || e.encoding end, case when a.attfdwoptions @> '{distkey}' then ' distkey' end) as line
      from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum cross join lateral (select redshift_catalog.rs_local_encoding(a.atttypid, a.attfdwoptions) as encoding) e
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      union all select 10000 + row_number() over (order by k.contype = 'p' desc, k.oid)::integer, redshift_catalog.rs_local_constraintdef(k.oid) from redshift_catalog.rs_local_constraint k where k.conrelid = c.oid) lines),
    chr(10), chr(10), case redshift_catalog.rs_local_reldiststyle(c.oid) when 0 then 'EVEN' when 1 then 'KEY' when 8 then 'ALL' else 'AUTO' end,
    (select format('%s%sSORTKEY ( %s )', chr(10), case when bool_or(a.attfdwoptions @> '{interleaved}') then 'INTERLEAVED ' end, string_agg(quote_ident(redshift_catalog.rs_local_name(a.attname)), ', ' order by redshift_catalog.rs_local_sortkey(a.attfdwoptions)))
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and redshift_catalog.rs_local_sortkey(a.attfdwoptions) > 0 having count(*) > 0))
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = $1 $$;

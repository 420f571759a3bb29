-- distribution, sort keys, encodings and keys: noted for what depends on them, without effect on how rows are stored. they lie with the column
-- in PostgreSQL's catalog, in a field that only foreign tables use: it follows renames, and no transaction conflicts over it
drop table if exists column_trait;
create or replace view rs_local_traits as
select a.attrelid as relation, a.attnum, a.attname as name, a.attfdwoptions @> array['distkey'] as is_distkey, coalesce(o.sortkey, 0) as sortkey,
  coalesce(a.attfdwoptions @> array['interleaved'], false) as is_interleaved, coalesce(a.attfdwoptions @> array['key'], false) as is_key, o.encoding
from pg_attribute a cross join lateral (
  select max(substr(said, 9)::integer) filter (where said like 'sortkey=%') as sortkey, max(substr(said, 10)) filter (where said like 'encoding=%') as encoding
  from unnest(a.attfdwoptions) as said) as o
where a.attnum > 0 and not a.attisdropped;
create or replace function rs_local_diststyle(oid) returns text language sql stable as $$
  select substr(said, 11) from pg_catalog.pg_attribute a cross join lateral unnest(a.attfdwoptions) said where a.attrelid = $1 and a.attnum = -1 and said like 'diststyle=%' $$;
-- as pg_class has it: even, key, all, auto
create or replace function rs_local_reldiststyle(oid) returns smallint language sql stable as $$
  select (case when exists (select from pg_catalog.pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped and attfdwoptions @> '{distkey}') then 1
    else case redshift_catalog.rs_local_diststyle($1) when 'even' then 0 when 'all' then 8 else 10 end end)::smallint $$;
create or replace function rs_local_shown_diststyle(oid) returns varchar language sql stable as $$
  select (case redshift_catalog.rs_local_reldiststyle($1) when 0 then 'EVEN' when 8 then 'ALL' when 10 then 'AUTO(ALL)'
    else (select 'KEY(' || attname || ')' from pg_catalog.pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped and attfdwoptions @> '{distkey}') end)::varchar $$;
-- the encoding that a column has: its own, or what ENCODE AUTO begins with. AWS: c_Compression_encodings
create or replace function rs_local_encoding(kind oid, options text[]) returns varchar language sql immutable as $$
  select case when said.encoding in ('raw') then 'none' when said.encoding <> 'auto' then said.encoding when said.sortkey is not null then 'none'
    when kind in (21, 23, 20, 1700, 1082, 1114, 1184, 1083, 1266) then 'az64' when kind in (1042, 1043, 25) then 'lzo' else 'none' end::varchar
  from (select coalesce(max(substr(item, 10)) filter (where item like 'encoding=%'), 'auto') as encoding, max(item) filter (where item like 'sortkey=%') as sortkey from unnest(options) item) said $$;
-- in the catalog it is a number
create or replace function rs_local_encodings() returns varchar[] language sql immutable as $$ select '{bytedict,delta,delta32k,lzo,mostly8,mostly16,mostly32,runlength,text255,text32k,zstd,az64}'::varchar[] $$;
create or replace function format_encoding(integer) returns varchar language sql immutable strict as $$ select case $1 when 0 then 'none' else coalesce((redshift_catalog.rs_local_encodings())[$1], 'unknown') end::varchar $$;
create or replace function rs_local_sortkey(options text[]) returns integer language sql immutable as $$
  select coalesce(max(substr(item, 9)::integer), 0) from unnest(options) item where item like 'sortkey=%' $$;
-- as pg_table_def shows it: columns of an interleaved key are positive and negative in turn
create or replace function rs_local_shown_sortkey(options text[]) returns integer language sql immutable as $$
  select case when options @> '{interleaved}' and k.at % 2 = 0 then -k.at else k.at end from (select redshift_catalog.rs_local_sortkey(options) as at) k $$;
-- what columns of one name have in common: encoding, sort key and distribution key
create or replace function rs_local_appended(kind oid, options text[]) returns text[] language sql immutable as $$
  select array[redshift_catalog.rs_local_encoding(kind, options), redshift_catalog.rs_local_shown_sortkey(options)::text, case when options @> '{distkey}' then 'distkey' else '' end] $$;
create or replace function rs_local_note_table(noted text, traits jsonb) returns void language plpgsql security definer as $$
declare target oid := to_regclass(noted); missing text;
begin
  select said.name into missing from (select jsonb_array_elements_text(traits->'sortKey') union all select nullif(traits->>'distKey', '')) as said (name)
    where said.name is not null and not exists (select from pg_attribute a where a.attrelid = target and a.attnum > 0 and not a.attisdropped and said.name in (a.attname, '#' || a.attnum)) limit 1;
  if missing is not null then raise exception 'column "%" named in a key does not exist', missing using errcode = '42703'; end if;
  update pg_attribute a set attfdwoptions = nullif(array_remove(array[
    case when case when traits ? 'distKey' then traits->>'distKey' in (a.attname, '#' || a.attnum) when traits ? 'like' then coalesce(l.is_distkey, false) else coalesce(k.is_distkey, false) end then 'distkey' end,
    'sortkey=' || nullif(case when traits ? 'sortKey' then (select s.at from jsonb_array_elements_text(traits->'sortKey') with ordinality as s (name, at) where s.name in (a.attname, '#' || a.attnum))
      when traits ? 'like' then l.sortkey else k.sortkey end, 0),
    case when case when traits ? 'sortKey' then traits->>'isInterleaved' = 'true' and traits->'sortKey' ? a.attname when traits ? 'like' then coalesce(l.is_interleaved, false) else k.is_interleaved end then 'interleaved' end,
    case when k.is_key or coalesce(traits->'keys' ? a.attname, false) then 'key' end,
    'encoding=' || coalesce(traits->'encodings'->>a.attname, k.encoding)], null) || array(select said from unnest(a.attfdwoptions) said where said like 'foreign=%'), '{}')
  from redshift_catalog.rs_local_traits k left join redshift_catalog.rs_local_traits l on l.relation = to_regclass(traits->>'like') and l.name = k.name
  where a.attrelid = target and k.relation = a.attrelid and k.attnum = a.attnum;
  -- of the table: it lies with a column that every table has
  if traits ?| array['distStyle', 'distKey', 'like', 'autoRefresh'] then
    update pg_attribute set attfdwoptions = nullif(array_remove(array[
      'diststyle=' || case when traits ? 'distStyle' then traits->>'distStyle' when traits ? 'like' then redshift_catalog.rs_local_diststyle(to_regclass(traits->>'like')) when not traits ? 'distKey' then redshift_catalog.rs_local_diststyle(target) end,
      case when case when traits ? 'autoRefresh' then traits->>'autoRefresh' = 'yes' else attfdwoptions @> '{autorefresh}' end then 'autorefresh' end], null) || array(select said from unnest(attfdwoptions) said where said like 'state=%'), '{}')
    where attrelid = target and attnum = -1;
  end if;
  perform redshift_catalog.rs_local_note_key(noted, key) from jsonb_array_elements(traits->'constraints') key;
end $$;
-- what a change of these tables does to the materialized views that read them: the state that stv_mv_info shows, in which nothing refreshes them
create or replace function rs_local_note_altered(relations oid[], state integer) returns void language plpgsql security definer as $$
begin
  update pg_attribute set attfdwoptions = array(select said from unnest(attfdwoptions) said where said not like 'state=%') || ('state=' || state)
  where attnum = -1 and attrelid in (select r.ev_class from pg_rewrite r join pg_class c on c.oid = r.ev_class
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid where c.relkind = 'm' and d.refclassid = 'pg_class'::regclass and d.refobjid = any (relations) and d.refobjid <> c.oid);
end $$;
create or replace function rs_local_view_state(oid) returns integer language sql stable as $$
  select substr(said, 7)::integer from pg_catalog.pg_attribute a cross join lateral unnest(a.attfdwoptions) said where a.attrelid = $1 and a.attnum = -1 and said like 'state=%' $$;
create or replace function rs_local_require_refreshable(named text) returns void language plpgsql stable as $$
declare state integer := redshift_catalog.rs_local_view_state(to_regclass(named));
begin
  if state is not null then
    raise exception 'materialized view % could not be refreshed: its base table has %', named,
      case state when 101 then 'a dropped column' when 102 then 'a column of another type' when 103 then 'another name' when 104 then 'a renamed column' else 'a schema of another name' end
      using errcode = '0A000', hint = 'DROP the view, and CREATE it';
  end if;
end $$;
create or replace function rs_local_require_own_schema(oid) returns void language plpgsql stable security definer as $$
begin
  if exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace join _redshift_data.external_schemas e on e.name = n.nspname where c.oid = $1) then
    raise exception 'an external schema holds external tables only' using errcode = '0A000', hint = 'CREATE EXTERNAL TABLE';
  end if;
end $$;
-- IF NOT EXISTS finds a table that has its own
create or replace function rs_local_note_new_table(noted text, traits jsonb) returns void language plpgsql as $$
begin
  perform redshift_catalog.rs_local_require_own_schema(to_regclass(noted));
  if exists (select from pg_class where oid = to_regclass(noted) and xmin::text = pg_current_xact_id()::xid::text) then
    perform redshift_catalog.rs_local_note_table(noted, traits);
  end if;
end $$;
create or replace function rs_local_require_alterable(altered text, change text, named text) returns void language plpgsql stable as $$
declare
  target oid := to_regclass(altered);
  col record; known record; columns bigint; interleaved boolean; temporary boolean;
begin
  select a.attnum, a.attnotnull, a.atthasdef into col from pg_attribute a where a.attrelid = target and a.attname = named and a.attnum > 0 and not a.attisdropped;
  select t.* into known from redshift_catalog.rs_local_traits t where t.relation = target and t.attnum = col.attnum;
  select count(*), coalesce(bool_or(t.is_interleaved), false) into columns, interleaved from redshift_catalog.rs_local_traits t where t.relation = target;
  select relpersistence = 't' into temporary from pg_class where oid = target;
  if change = 'rename' then
    if (select relkind from pg_class where oid = target) = 'm' then raise exception 'cannot rename the materialized view "%"', altered using errcode = '0A000', hint = 'DROP it, and CREATE it under the other name'; end if;
  elsif change like 'drop%' then
    if known.is_distkey then raise exception 'cannot drop distkey column "%"', named using errcode = '0A000', hint = 'ALTER DISTKEY or DISTSTYLE first'; end if;
    if known.sortkey > 0 then raise exception 'cannot drop sortkey column "%"', named using errcode = '0A000', hint = 'ALTER SORTKEY first'; end if;
    if known.is_key and change <> 'drop cascade' then raise exception 'cannot drop column "%" because other objects depend on it: a constraint names it; use CASCADE', named using errcode = '2BP01'; end if;
    if columns = 1 and col.attnum is not null then raise exception 'cannot drop the last column "%" of a table', named using errcode = '0A000'; end if;
  elsif change = 'type' then
    if col.atthasdef then raise exception 'cannot alter column "%": it has a default value', named using errcode = '0A000'; end if;
    if known.is_key then raise exception 'cannot alter column "%": a UNIQUE, PRIMARY KEY or FOREIGN KEY names it', named using errcode = '0A000'; end if;
    if known.encoding in ('bytedict', 'runlength', 'text255', 'text32k') then raise exception 'cannot alter column "%" with encoding %', named, known.encoding using errcode = '0A000'; end if;
  elsif change = 'primary key' then
    if not col.attnotnull then raise exception 'cannot add a primary key on the nullable column "%"', named using errcode = '0A000'; end if;
  elsif interleaved then
    raise exception '% is not supported for a table with an interleaved sort key', change using errcode = '0A000';
  elsif change like 'encode %' then
    if known.encoding = substr(change, 8) then raise exception 'column "%" is already encoded %', named, known.encoding using errcode = '0A000'; end if;
  elsif change like 'diststyle%' and temporary then
    raise exception '% is not supported for temporary tables', change using errcode = '0A000';
  end if;
end $$;
create or replace function rs_local_require_encoding(altered text, named text, encoding text, types text[]) returns void language plpgsql stable as $$
declare kind text;
begin
  select format_type(atttypid, null) into kind from pg_attribute where attrelid = to_regclass(altered) and attname = named and attnum > 0 and not attisdropped;
  kind := case kind when 'timestamp without time zone' then 'timestamp' when 'timestamp with time zone' then 'timestamptz' when 'time without time zone' then 'time' when 'time with time zone' then 'timetz' else kind end;
  if kind is not null and types <> '{}' and kind <> all (types) then raise exception 'invalid encoding type specified for column "%": % does not take %', named, encoding, kind using errcode = '0A000'; end if;
end $$;

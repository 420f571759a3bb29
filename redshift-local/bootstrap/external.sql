-- external tables that a statement names, or that lie behind the views it names, as JSON; null where there is none. Asked before
-- nearly every statement: tables, which most names are, are found by their index, and only views are followed. A name without a
-- schema may be of any, where `anywhere`
create or replace function rs_local_external_tables(names jsonb, anywhere boolean) returns text language plpgsql stable as $$
declare said record; one oid; kind "char"; tables oid[] := '{}'; views oid[] := '{}';
begin
  if not exists (select from _redshift_data.external_tables) then return null; end if;
  for said in select * from pg_catalog.jsonb_to_recordset(names) as given(schema text, name text) loop
    for one, kind in
      select c.oid, c.relkind from pg_catalog.pg_class c where c.relname = said.name and c.relkind in ('r', 'v', 'm')
      and case when said.schema is null then anywhere or pg_catalog.pg_table_is_visible(c.oid) else c.relnamespace = to_regnamespace(quote_ident(said.schema)) end
    loop
      if kind = 'r' then tables := tables || one; else views := views || one; end if;
    end loop;
  end loop;
  if views = '{}' and not exists (select from _redshift_data.external_tables e where e.id = any (tables)) then return null; end if;
  return (
    with recursive reached as (
      select direct.id, true as direct from unnest(tables || views) as direct(id)
      union
      select d.refobjid, false from reached r join pg_catalog.pg_rewrite w on w.ev_class = r.id
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.id
    ), named as (
      select e.id::integer as id, format('%I.%I', n.nspname, o.relname) as name, e.location, to_json(e.keys) as keys, bool_or(r.direct) as direct
      from reached r join _redshift_data.external_tables e on e.id = r.id
      join pg_catalog.pg_class o on o.oid = e.id join pg_catalog.pg_namespace n on n.oid = o.relnamespace
      group by e.id, e.location, e.keys, n.nspname, o.relname order by e.id
    ) select json_agg(named)::text from named);
end $$;

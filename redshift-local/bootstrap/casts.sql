-- a BOOLEAN is no text and a text no BOOLEAN, but for a literal; whole numbers become one where they are assigned
create or replace function rs_local_boolean_text(boolean) returns text language plpgsql immutable strict as $$ begin raise exception 'cannot cast type boolean to character varying: use CASE' using errcode = '42846'; end $$;
create or replace function rs_local_text_boolean(text) returns boolean language plpgsql immutable strict as $$ begin raise exception 'cannot cast type character varying to boolean: compare it, or use CASE' using errcode = '42846'; end $$;
create or replace function rs_local_boolean(bigint) returns boolean language sql immutable strict as $$ select $1 <> 0 $$;
create or replace function rs_local_boolean(smallint) returns boolean language sql immutable strict as $$ select $1 <> 0 $$;
create or replace function rs_local_bigint(boolean) returns bigint language sql immutable strict as $$ select $1::integer::bigint $$;
create or replace function rs_local_smallint(boolean) returns smallint language sql immutable strict as $$ select $1::integer::smallint $$;
update pg_catalog.pg_cast set castfunc = 'rs_local_boolean_text'::regproc
where castsource = 'boolean'::regtype and casttarget in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) and castfunc <> 'rs_local_boolean_text'::regproc;
update pg_catalog.pg_cast set castcontext = 'a' where castsource = 'integer'::regtype and casttarget = 'boolean'::regtype and castcontext <> 'a';
do $$ begin
  if not exists (select from pg_catalog.pg_cast where castsource = 'bigint'::regtype and casttarget = 'boolean'::regtype) then
    create cast (bigint as boolean) with function rs_local_boolean(bigint) as assignment;
    create cast (smallint as boolean) with function rs_local_boolean(smallint) as assignment;
    create cast (text as boolean) with function rs_local_text_boolean(text);
    create cast (varchar as boolean) with function rs_local_text_boolean(text);
  end if;
  if not exists (select from pg_catalog.pg_cast where castsource = 'boolean'::regtype and casttarget = 'bigint'::regtype) then
    create cast (boolean as bigint) with function rs_local_bigint(boolean);
    create cast (boolean as smallint) with function rs_local_smallint(boolean);
  end if;
end $$;

-- functions of texts take dates and numbers too, as in PostgreSQL 8: each is the function of the value's text.
-- those that the grammar writes with FROM or IN are looked for in pg_catalog alone
do $$
declare kind text; signature text; name text; rest text; types text; args text; gives text;
begin
  foreach kind in array array['smallint', 'integer', 'bigint', 'numeric', 'double precision', 'date', 'timestamp', 'timestamptz'] loop
    foreach signature in array array['split_part text,integer', 'strpos text', 'substring integer', 'substring integer,integer', 'substr integer', 'substr integer,integer', 'left integer', 'right integer',
      'ltrim ', 'ltrim text', 'rtrim ', 'rtrim text', 'btrim ', 'btrim text', 'lower ', 'upper ', 'reverse ', 'repeat integer', 'replace text,text', 'translate text,text', 'lpad integer', 'lpad integer,text',
      'rpad integer', 'rpad integer,text', 'regexp_substr text', 'regexp_replace text', 'regexp_replace text,text', 'regexp_count text', 'len ', 'length ', 'md5 ', 'initcap ', 'position text'] loop
      name := split_part(signature, ' ', 1);
      rest := split_part(signature, ' ', 2);
      types := kind || case when rest = '' then '' else ', ' || rest end;
      args := '$1::varchar' || case when rest = '' then '' else ', $2' || case when rest ~ ',' then ', $3' else '' end end;
      gives := case when name in ('strpos', 'len', 'length', 'regexp_count', 'position') then 'integer' else 'varchar' end;
      execute format('create or replace function %s.%I(%s) returns %s language sql stable strict as $f$ select (%s(%s))::%s $f$',
        case when name in ('substring', 'position', 'btrim', 'ltrim', 'rtrim') then 'pg_catalog' else 'redshift_catalog' end, name, types, gives,
        case when name in ('split_part', 'len', 'regexp_substr', 'regexp_replace') then 'redshift_catalog.' || name when name = 'position' then 'pg_catalog.strpos'
          else 'pg_catalog.' || quote_ident(name) end, args, gives);
    end loop;
    if not exists (select from pg_operator where oprname = '~~' and oprleft = kind::regtype and oprright = 'text'::regtype) then
      execute format('create or replace function rs_local_like(%s, text) returns boolean language sql stable strict as $f$ select $1::varchar like $2 $f$', kind);
      execute format('create or replace function rs_local_unlike(%s, text) returns boolean language sql stable strict as $f$ select $1::varchar not like $2 $f$', kind);
      execute format('create operator redshift_catalog.~~ (leftarg = %s, rightarg = text, function = rs_local_like)', kind);
      execute format('create operator redshift_catalog.!~~ (leftarg = %s, rightarg = text, function = rs_local_unlike)', kind);
    end if;
  end loop;
end $$;

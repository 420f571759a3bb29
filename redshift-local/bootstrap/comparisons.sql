-- trailing blanks of VARCHAR do not count where values are compared, joined, grouped, sorted or hashed: text gets the functions that CHAR has.
-- LIKE and the regular expressions keep counting them, as there
create or replace function rs_local_text_eq(text, text) returns boolean language internal immutable strict leakproof parallel safe as 'bpchareq';
create or replace function rs_local_text_ne(text, text) returns boolean language internal immutable strict leakproof parallel safe as 'bpcharne';
create or replace function rs_local_text_lt(text, text) returns boolean language internal immutable strict leakproof parallel safe as 'bpcharlt';
create or replace function rs_local_text_le(text, text) returns boolean language internal immutable strict leakproof parallel safe as 'bpcharle';
create or replace function rs_local_text_gt(text, text) returns boolean language internal immutable strict leakproof parallel safe as 'bpchargt';
create or replace function rs_local_text_ge(text, text) returns boolean language internal immutable strict leakproof parallel safe as 'bpcharge';
update pg_catalog.pg_operator o set oprcode = f.code
from (values ('=', 'rs_local_text_eq'::regproc), ('<>', 'rs_local_text_ne'), ('<', 'rs_local_text_lt'), ('<=', 'rs_local_text_le'), ('>', 'rs_local_text_gt'), ('>=', 'rs_local_text_ge')) as f (name, code)
where o.oprname = f.name and o.oprleft = 'text'::regtype and o.oprright = 'text'::regtype and o.oprnamespace = 'pg_catalog'::regnamespace and o.oprcode <> f.code;
-- PostgreSQL's own by name: its cache of shared catalogs, one for all databases, holds those that an index of text uses in the database that wrote it
update pg_catalog.pg_amproc p set amproc = f.code
from pg_catalog.pg_opfamily y, pg_catalog.pg_am a,
  (values ('btree', 1, 'bpcharcmp'::regproc), ('btree', 2, 'bpchar_sortsupport'), ('hash', 1, 'hashbpchar'), ('hash', 2, 'hashbpcharextended')) as f (method, number, code)
where y.oid = p.amprocfamily and y.opfname = 'text_ops' and a.oid = y.opfmethod and a.amname = f.method and p.amprocnum = f.number
  and p.amproclefttype = 'text'::regtype and p.amprocrighttype = 'text'::regtype and p.amproc <> f.code;
-- a number beside a text is compared as a text, a DECIMAL makes the text a DECIMAL; times are texts too. The text is a BPCHAR here: SUPER becomes none
-- by itself, and a literal beside a text stays a text
do $$
declare kind text; sign text; code text; of_text text; of_kind text;
begin
  foreach kind in array array['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric', 'date', 'timestamp', 'timestamptz', 'time', 'timetz'] loop
    continue when exists (select from pg_catalog.pg_operator where oprname = '>=' and oprleft = kind::regtype and oprright = 'bpchar'::regtype);
    of_text := case kind when 'numeric' then '%s::text::numeric' else '%s::text' end;
    of_kind := case kind when 'numeric' then '%s' else '%s::varchar::text' end;
    for sign, code in values ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge') loop
      execute format('create or replace function rs_local_beside_%s(bpchar, %s) returns boolean language sql stable strict as $f$ select %s %s %s $f$',
        code, kind, format(of_text, '$1'), sign, format(of_kind, '$2'));
      execute format('create or replace function rs_local_beside_%s(%s, bpchar) returns boolean language sql stable strict as $f$ select %s %s %s $f$',
        code, kind, format(of_kind, '$1'), sign, format(of_text, '$2'));
      execute format('create operator redshift_catalog.%s (leftarg = bpchar, rightarg = %s, function = rs_local_beside_%s)', sign, kind, code);
      execute format('create operator redshift_catalog.%s (leftarg = %s, rightarg = bpchar, function = rs_local_beside_%s)', sign, kind, code);
    end loop;
  end loop;
end $$;

import { readFileSync } from 'node:fs';
import { loadViewsSql } from './copy/load-views-sql.js';
import { emptySystemViewsSql } from './sql/empty-system-views.js';
import { externalViewsSql } from './external/external-views-sql.js';

const files = [
  'names',
  'administrator',
  'comparisons',
  'casts',
  'decimals',
  'dates',
  'text',
  'hashes',
  'sketches',
  'casting-texts',
  'varbytes',
  'session',
  'json',
  'super',
  'transform',
  'arrays',
  'windows',
  'aggregates',
  'numbers',
  'lengths',
  'tables',
  'traits',
  'keys',
  'principals',
  'authorization',
  'catalog',
  'scopes',
  'system',
  'grants',
  'shown',
  'whole-names',
  'external',
].map((name) => readFileSync(new URL(`bootstrap/${name}.sql`, import.meta.url), 'utf8'));

/** those who sign in by themselves use Redshift's functions and views, and their statements ask for external tables */
const usersSql = `
grant usage on schema redshift_catalog, _redshift_data to public;
grant select on all tables in schema redshift_catalog to public;
grant insert, update, delete on redshift_catalog.late_binding_view, redshift_catalog.bound_view to public;
grant select on _redshift_data.external_tables to public;
`;

/** Redshift's functions and views in PostgreSQL; every statement can run again */
export const bootstrapSql = (largeStrings: boolean) => `
-- as in a new database there; what an owner revokes later stays revoked
do $$ begin if to_regnamespace('redshift_catalog') is null then grant create on schema public to public; end if; end $$;
create schema if not exists redshift_catalog;
create schema if not exists _redshift_data;
create table if not exists _redshift_data.committed (id text primary key, body jsonb not null, at timestamptz not null default now());
delete from _redshift_data.committed where at < now() - interval '24 hours';
-- a statement of any user leaves it in its own transaction
create or replace function _redshift_data.leave_evidence(text, jsonb) returns void language sql security definer set search_path = pg_catalog as $$
  insert into _redshift_data.committed (id, body) select $1, $2 where current_setting('transaction_read_only') = 'off'
  on conflict (id) do update set body = excluded.body $$;
set search_path = redshift_catalog, pg_catalog;
create or replace function is_large_string_enabled() returns boolean language sql stable as $$ select ${largeStrings} $$;
${files.join('\n')}
${emptySystemViewsSql}
${loadViewsSql}${externalViewsSql}
${usersSql}`;

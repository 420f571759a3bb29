/** where statements, results and sessions are kept, in the database `postgres`; every statement can run again */
export const storeSql = `
create schema if not exists _redshift_data;
create table if not exists _redshift_data.statements (
  id text primary key, name text not null, status text not null, created_at timestamptz not null default now(),
  principal text not null, token text, hash text not null, owner bigint not null, body jsonb not null);
create unique index if not exists statements_token on _redshift_data.statements (principal, token);
create index if not exists statements_name on _redshift_data.statements (name text_pattern_ops, created_at);
create table if not exists _redshift_data.results (id text not null, page integer not null, body text not null, at timestamptz not null default now(), primary key (id, page));
create table if not exists _redshift_data.sessions (
  id text primary key, principal text not null, owner bigint not null, at timestamptz not null default now(), body jsonb not null);
create sequence if not exists _redshift_data.query_ids increment 40 start 1000;
`;

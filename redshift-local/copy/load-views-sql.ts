/** what COPY tells afterwards, under the names and columns that Redshift documents */
export const loadViewsSql = String.raw`
create table if not exists _redshift_data.loads (
  id bigint generated always as identity primary key, query_id bigint not null, status text not null, table_id integer not null, table_name text not null,
  started_at timestamptz not null, ended_at timestamptz not null default clock_timestamp(), source text not null, format text not null,
  rows bigint not null, files jsonb not null, errors bigint not null);
create table if not exists _redshift_data.load_errors (
  load_id bigint not null references _redshift_data.loads on delete cascade, file text not null, line bigint not null, column_name text not null,
  column_type text not null, column_length text not null, position integer not null, code integer not null, reason text not null,
  raw_line text not null, raw_value text not null);
delete from _redshift_data.loads where ended_at < now() - interval '7 days';

create or replace function redshift_catalog.pg_last_copy_id() returns bigint language sql stable as $$
  select coalesce(nullif(current_setting('redshift_data.last_copy', true), '')::bigint, -1) $$;
create or replace function redshift_catalog.pg_last_copy_count() returns bigint language sql stable security definer as $$
  select coalesce((select rows from _redshift_data.loads where query_id = redshift_catalog.pg_last_copy_id() order by id desc limit 1), 0) $$;
create or replace view redshift_catalog.sys_load_error_detail as
select 100 as user_id, l.query_id, l.query_id as transaction_id, l.query_id::integer as session_id, rpad(redshift_catalog.rs_local_name(current_database()), 64)::bpchar as database_name, l.table_id,
  (l.started_at at time zone 'UTC') as start_time, rpad(e.file, 256)::bpchar as file_name, e.line as line_number, rpad(redshift_catalog.rs_local_name(e.column_name), 127)::bpchar as column_name,
  rpad(e.column_type, 10)::bpchar as column_type, rpad(e.column_length, 10)::bpchar as column_length, e.position, e.code as error_code, rpad(e.reason, 512)::bpchar as error_message
from _redshift_data.load_errors e join _redshift_data.loads l on l.id = e.load_id;
create or replace view redshift_catalog.stl_load_errors as
select 100 as userid, 0 as slice, l.table_id as tbl, (l.started_at at time zone 'UTC') as starttime, l.query_id::integer as session, l.query_id::integer as query,
  rpad(e.file, 256)::bpchar as filename, e.line as line_number, rpad(redshift_catalog.rs_local_name(e.column_name), 127)::bpchar as colname, rpad(e.column_type, 10)::bpchar as type, rpad(e.column_length, 10)::bpchar as col_length,
  e.position, rpad(e.raw_line, 1024)::bpchar as raw_line, rpad(e.raw_value, 1024)::bpchar as raw_field_value, e.code as err_code, rpad(e.reason, 100)::bpchar as err_reason,
  0 as is_partial, 0::bigint as start_offset, 0::bigint as copy_job_id
from _redshift_data.load_errors e join _redshift_data.loads l on l.id = e.load_id;
create or replace view redshift_catalog.stl_loaderror_detail as
select 100 as userid, 0 as slice, l.query_id::integer as session, l.query_id::integer as query, rpad(e.file, 256)::bpchar as filename, e.line as line_number, 0 as field,
  rpad(redshift_catalog.rs_local_name(e.column_name), 1024)::bpchar as colname, rpad(e.raw_value, 1024)::bpchar as value, 0 as is_null, rpad(e.column_type, 10)::bpchar as type, rpad(e.column_length, 10)::bpchar as col_length
from _redshift_data.load_errors e join _redshift_data.loads l on l.id = e.load_id;
create or replace view redshift_catalog.sys_load_history as
select 100 as user_id, l.query_id, l.query_id as transaction_id, l.query_id::integer as session_id, redshift_catalog.rs_local_name(current_database()) as database_name, l.status::varchar,
  redshift_catalog.rs_local_name(l.table_name) as table_name, (l.started_at at time zone 'UTC') as start_time, (l.ended_at at time zone 'UTC') as end_time,
  (extract(epoch from l.ended_at - l.started_at) * 1000000)::bigint as duration, l.source::varchar as data_source, l.format::varchar as file_format,
  l.rows as loaded_rows, f.bytes as loaded_bytes, f.count as source_file_count, f.bytes as source_file_bytes, f.count as file_count_scanned,
  f.bytes as file_bytes_scanned, l.errors as error_count, 0::bigint as copy_job_id
from _redshift_data.loads l, lateral (select count(*)::integer as count, coalesce(sum((file ->> 'size')::bigint), 0)::bigint as bytes from jsonb_array_elements(l.files) file) f;
create or replace view redshift_catalog.sys_load_detail as
select 100 as user_id, l.query_id, rpad(file ->> 'url', 256)::bpchar as file_name, (file ->> 'size')::bigint as bytes_scanned, (l.ended_at at time zone 'UTC') as record_time,
  1 as splits_scanned, (l.started_at at time zone 'UTC') as start_time, (l.ended_at at time zone 'UTC') as end_time
from _redshift_data.loads l, lateral jsonb_array_elements(l.files) file;
create or replace view redshift_catalog.stl_load_commits as
select 100 as userid, l.query_id::integer as query, 0 as slice, rpad(redshift_catalog.rs_local_name(l.table_name), 128)::bpchar as name, rpad(file ->> 'url', 256)::bpchar as filename, 0 as byte_offset, 0 as lines_scanned,
  0 as errors, (l.ended_at at time zone 'UTC') as curtime, 1 as status, rpad(l.format, 16)::bpchar as file_format, 0 as is_partial, 0::bigint as start_offset, 0::bigint as copy_job_id
from _redshift_data.loads l, lateral jsonb_array_elements(l.files) file where l.status = 'completed';
`;

/** relations that a statement may name */
export const loadViews = [
  'sys_load_error_detail',
  'sys_load_history',
  'sys_load_detail',
  'stl_load_errors',
  'stl_loaderror_detail',
  'stl_load_commits',
];

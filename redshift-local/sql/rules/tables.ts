import { addColumn, alterTable } from '../statements/alter-table.js';
import { comment } from '../statements/comment.js';
import { createFunction, dropFunction } from '../statements/create-function.js';
import { createTable } from '../statements/create-table.js';
import { changeMaterializedView, createMaterializedView, createView } from '../statements/create-view.js';
import { databases } from '../statements/databases.js';
import { drop } from '../statements/drop.js';
import { analyze, vacuum } from '../statements/maintenance.js';
import { callProcedure, changeProcedure, createProcedure } from '../statements/procedure.js';
import { schema } from '../statements/schema.js';
import { honour, missing, refuse, rewrite, type Rule } from './rule.js';

const column = 'a bigint identity(0, 1), b super, c varchar(max) encode zstd';

/** what makes, changes and drops objects */
export const tables: Rule[] = [
  refuse(
    'unlogged table',
    /^create (unlogged|foreign|global) /,
    'create unlogged table t (a int)',
    'Redshift has no UNLOGGED, FOREIGN or GLOBAL tables',
  ),
  refuse(
    'table partition',
    /^create .*\btable\b.*(\bpartition by (list|range|hash)\b|\binherits \(|\btablespace )/,
    'create table t (a int) partition by range (a)',
    'Redshift has no partitions, inheritance or tablespaces of tables: use SORTKEY, or external tables',
  ),
  rewrite(
    'create table',
    /^create (local )?(temp |temporary )?table /,
    `create table if not exists s.t (${column}) distkey (a) sortkey (a)`,
    createTable,
  ),
  rewrite(
    'materialized view',
    /^create materialized view /,
    'create materialized view v auto refresh yes as select a, count(*) as n from t group by a',
    createMaterializedView,
  ),
  honour(
    'change materialized view',
    /^(refresh|alter) materialized view /,
    'refresh materialized view v',
    changeMaterializedView,
  ),
  rewrite(
    'create view',
    /^create (or replace )?view /,
    'create view s.v as select a from s.t with no schema binding',
    createView,
  ),
  rewrite('schema', /^(create|alter) schema /, 'create schema if not exists s authorization u quota 10 gb', schema),
  honour('drop', /^drop (table|view|materialized view|schema) /, 'drop table if exists s.t', drop),
  missing(
    'alter table row level security',
    /^alter table .*\brow level security\b/,
    'alter table t row level security on',
    'row-level security',
  ),
  rewrite(
    'alter table add column',
    /^alter table [^ ]+( \. [^ ]+)? add (?!(constraint [^ ]+ )?(primary|unique|foreign|partition|if)\b)/,
    'alter table s.t add column c varchar(10)',
    addColumn,
  ),
  rewrite(
    'alter table',
    /^alter table [^ ]+( \. [^ ]+)? (drop|rename|owner|alter|add) (?!(if (not )?exists )?partition\b)/,
    'alter table s.t alter column b type varchar(200)',
    alterTable,
  ),
  refuse(
    'alter table if exists',
    /^alter table (if exists|only) /,
    'alter table if exists t drop column a',
    'Redshift has no ALTER TABLE IF EXISTS or ONLY',
  ),
  rewrite(
    'create function',
    /^create (or replace )?function .*\blanguage sql$/,
    'create function f_twice (int) returns int immutable as $$ select $1 * 2 $$ language sql',
    createFunction,
  ),
  rewrite(
    'procedure',
    /^create (or replace )?procedure /,
    'create procedure p(a in int) as $$ begin insert into t values (a, getdate()); end; $$ language plpgsql',
    createProcedure,
  ),
  rewrite('change procedure', /^(drop|alter) procedure /, 'alter procedure p(int) rename to q', changeProcedure),
  rewrite('call', /^call /, 'call p(1)', callProcedure),
  rewrite('drop function', /^drop function /, 'drop function f_twice (int)', dropFunction),
  honour(
    'database',
    /^(create|drop|alter) database (?!.*\b(from (arn|integration|datashare)|integration)\b)/,
    'create database d connection limit unlimited',
    databases,
  ),
  honour('analyze', /^(analyze|analyse)\b(?! compression)/, 'analyze verbose s.t (a)', analyze),
  rewrite('vacuum', /^vacuum\b/, 'vacuum full s.t to 99 percent', vacuum),
  honour('comment', /^comment on (table|column|database|view) /, "comment on table s.t is 'x'", comment),
  refuse(
    'comment',
    /^comment on /,
    "comment on schema s is 'x'",
    'COMMENT ON takes TABLE, COLUMN, VIEW, DATABASE or CONSTRAINT (comments on constraints are not kept here)',
  ),
];

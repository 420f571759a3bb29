import type { Plan, Statement } from './plan.js';
import { addColumn, alterTable } from './statements/alter-table.js';
import { comment } from './statements/comment.js';
import { copy } from './statements/copy.js';
import { createTable } from './statements/create-table.js';
import { createView } from './statements/create-view.js';
import { remove } from './statements/delete.js';
import { drop } from './statements/drop.js';
import {
  alterExternalTable,
  createExternalSchema,
  createExternalTable,
  dropExternalSchema,
} from './statements/external.js';
import { grant } from './statements/grant.js';
import { insert } from './statements/insert.js';
import { lock } from './statements/lock.js';
import { maintain } from './statements/maintenance.js';
import { merge } from './statements/merge.js';
import { createSchema } from './statements/schema.js';
import { select } from './statements/select.js';
import { truncate } from './statements/truncate.js';
import { unload } from './statements/unload.js';
import { update } from './statements/update.js';
import { resetSetting, setSetting, showSetting } from './settings.js';
import { transactionControl } from './transaction-control.js';

export interface Rule {
  name: string;
  /** against the statement's outline: lower-case words, literals blanked */
  pattern: RegExp;
  action: 'honour' | 'rewrite' | 'refuse';
  example: string;
  /** why it is refused */
  reason?: string;
  plan?: (statement: Statement) => Plan;
}

const refuse = (name: string, pattern: RegExp, example: string, reason: string): Rule => ({
  name,
  pattern,
  action: 'refuse',
  example,
  reason,
});
const honour = (name: string, pattern: RegExp, example: string, make: Rule['plan']): Rule => ({
  name,
  pattern,
  action: 'honour',
  example,
  ...(make && { plan: make }),
});
const rewrite = (name: string, pattern: RegExp, example: string, make: Rule['plan']): Rule => ({
  ...honour(name, pattern, example, make),
  action: 'rewrite',
});

/** the first rule whose pattern fits decides; a statement that none fits is refused */
export const rules: Rule[] = [
  refuse(
    'select into',
    /^select\b(?! .*\bfrom\b.*\binto\b).*\binto\b/,
    'select 1 into t',
    'SELECT INTO is not honoured here: use CREATE TABLE AS',
  ),
  refuse('top', /^select (distinct |all )?top \d/, 'select top 5 * from t', 'TOP is not honoured here: use LIMIT'),
  refuse(
    'qualify',
    /\bqualify\b(?! [,.)=])/,
    'select a from t qualify row_number() over (order by a) = 1',
    'QUALIFY is not honoured here: use a subquery',
  ),
  refuse(
    'pivot',
    /\b(un)?pivot \(/,
    'select * from t pivot (max(a) for b in (1))',
    'PIVOT and UNPIVOT are not honoured here',
  ),
  rewrite('select', /^(select|with|\()/, 'select nvl(a, 0) from t where b = :b', select),
  rewrite('insert', /^insert into /, 'insert into t (a) select getdate()', insert),
  rewrite('update', /^update /, 'update t set a = s.a from s where t.id = s.id', update),
  rewrite('delete', /^delete /, 'delete from t using s where t.id = s.id', remove),
  refuse(
    'merge remove duplicates',
    /^merge .*\bremove duplicates$/,
    'merge into t using s on t.id = s.id remove duplicates',
    'REMOVE DUPLICATES is not honoured here',
  ),
  rewrite(
    'merge',
    /^merge into /,
    'merge into t using s on t.id = s.id when matched then update set a = s.a when not matched then insert values (s.id, s.a)',
    merge,
  ),
  rewrite(
    'copy',
    /^copy /,
    "copy s.t (a, b) from 's3://b/_manifest.json' iam_role 'arn:aws:iam::123456789012:role/copy' format as parquet manifest",
    copy,
  ),
  honour('lock', /^lock /, 'lock table s.t', lock),
  refuse(
    'unlogged table',
    /^create (unlogged|foreign|global) /,
    'create unlogged table t (a int)',
    'Redshift has no UNLOGGED, FOREIGN or GLOBAL tables',
  ),
  rewrite(
    'create external schema',
    /^create external schema /,
    "create external schema s from data catalog database 'd' iam_role default create external database if not exists",
    createExternalSchema,
  ),
  rewrite(
    'create external table',
    /^create external table /,
    "create external table s.t (a bigint) partitioned by (dt date) stored as parquet location 's3://b/t/'",
    createExternalTable,
  ),
  refuse(
    'external function',
    /^(create|drop|alter) (or replace )?external /,
    'create external function f(int) returns int',
    'external functions, models and views are not honoured here',
  ),
  rewrite(
    'alter external table',
    /^alter table [^ ]+( \. [^ ]+)? (add (if not exists )?partition|drop partition|partition|set (location|table properties))\b/,
    "alter table s.t add if not exists partition (dt = '2022-11-24') location 's3://b/t/dt=2022-11-24/'",
    alterExternalTable,
  ),
  rewrite(
    'drop external schema',
    /^drop schema .*\bdrop external database\b/,
    'drop schema s drop external database cascade',
    dropExternalSchema,
  ),
  rewrite(
    'create table',
    /^create (local )?(temp |temporary )?table /,
    'create table if not exists s.t (a bigint not null encode az64, b super) distkey (a) sortkey (a)',
    createTable,
  ),
  refuse(
    'late-binding view',
    /^create .*\bview\b.*\bno schema binding$/,
    'create view v as select 1 with no schema binding',
    'late-binding views are not honoured here',
  ),
  rewrite('create view', /^create (or replace )?view /, 'create or replace view s.v as select a from s.t', createView),
  honour('create schema', /^create schema /, 'create schema if not exists s', createSchema),
  refuse('create index', /^create (unique )?index /, 'create index i on t (a)', 'Redshift has no indexes: use SORTKEY'),
  honour('drop', /^drop (table|view|schema) /, 'drop table if exists s.t', drop),
  rewrite(
    'alter table add column',
    /^alter table [^ ]+( \. [^ ]+)? add /,
    'alter table s.t add column c varchar(10)',
    addColumn,
  ),
  honour(
    'alter table',
    /^alter table [^ ]+( \. [^ ]+)? (drop|rename|owner) /,
    'alter table s.t rename column a to b',
    alterTable,
  ),
  honour('truncate', /^truncate /, 'truncate s.t', truncate),
  honour('analyze', /^(analyze|analyse)( verbose)?( (?!compression)|$)/, 'analyze s.t', maintain('analyze')),
  rewrite('vacuum', /^vacuum\b/, 'vacuum full s.t to 99 percent', maintain('vacuum')),
  honour('grant', /^(grant|revoke) /, 'grant select on s.t to public', grant),
  honour('comment', /^comment on (table|column|schema|view) /, "comment on table s.t is 'x'", comment),
  rewrite(
    'transaction control',
    /^(begin|start transaction|commit|end|rollback|abort|savepoint|release)\b/,
    'begin read only',
    transactionControl,
  ),
  refuse(
    'prepared statement',
    /^(prepare|execute|deallocate|declare|close)\b/,
    'prepare p as select 1',
    'prepared statements and cursors are not honoured here',
  ),
  rewrite('set', /^set\b/, 'set search_path to s', setSetting),
  rewrite('reset', /^reset\b/, 'reset query_group', resetSetting),
  rewrite('show', /^show [^ ]+$/, 'show search_path', showSetting),
  rewrite('unload', /^unload /, "unload ('select a from t') to 's3://b/p/' iam_role default format as parquet", unload),
  refuse(
    'routine',
    /^(create (or replace )?(function|procedure|trigger|extension|type|domain|sequence|aggregate|rule)|call|do)\b/,
    'create sequence q',
    'not in Redshift, or not honoured here',
  ),
  refuse('values', /^values\b/, 'values (1)', 'Redshift has no VALUES statement'),
  refuse('explain', /^explain\b/, 'explain select 1', 'EXPLAIN is not honoured here'),
];

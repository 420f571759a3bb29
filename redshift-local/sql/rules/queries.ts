import { appendTable } from '../statements/alter-table.js';
import { remove } from '../statements/delete.js';
import { explain } from '../statements/explain.js';
import { insert } from '../statements/insert.js';
import { lock } from '../statements/lock.js';
import { merge, mergeRemovingDuplicates } from '../statements/merge.js';
import { select, withQueries } from '../statements/select.js';
import { truncate } from '../statements/truncate.js';
import { update } from '../statements/update.js';
import { honour, refuse, rewrite, type Rule } from './rule.js';

const matched = 'when matched then update set a = s.a when not matched then insert values (s.id, s.a)';

/** what reads rows and changes them */
export const queries: Rule[] = [
  rewrite('select', /^(select|\()/, 'select top 5 nvl(a, 0) from t where b = :b', select),
  rewrite('with', /^with /, 'with x as (select a from t) select a from x', withQueries),
  rewrite('insert', /^insert into /, 'insert into t (a) select getdate()', insert),
  rewrite('update', /^update /, 'update t set a = s.a from s where t.id = s.id', update),
  rewrite('delete', /^delete /, 'delete from t using s where t.id = s.id', remove),
  rewrite(
    'merge remove duplicates',
    /^merge .*\bremove duplicates$/,
    'merge into t using s on t.id = s.id remove duplicates',
    mergeRemovingDuplicates,
  ),
  rewrite('merge', /^merge into /, `merge into t using s on t.id = s.id ${matched}`, merge),
  honour('lock', /^lock /, 'lock table s.t', lock),
  honour('truncate', /^truncate /, 'truncate s.t', truncate),
  rewrite(
    'alter table append',
    /^alter table .*\bappend from\b/,
    'alter table t append from s ignoreextra',
    appendTable,
  ),
  honour('explain', /^explain /, 'explain select a from t', explain),
  refuse(
    'values',
    /^values\b/,
    'values (1)',
    'Redshift has no VALUES statement: use SELECT, with UNION ALL for more rows',
  ),
  refuse('replace', /^(replace|upsert) /, 'replace into t values (1)', 'Redshift has no REPLACE: use MERGE'),
];

import { loadModule } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { planStatement } from '../../sql/plan-statement.js';
import { catalogOf } from '../../sql/query/scope.js';
import { splitStatements, tokenize } from '../../sql/tokens.js';

beforeAll(loadModule);

const catalog = () => catalogOf([[{ name: 't' }, ['a', 'n'], ['numeric(10,2)', 'integer']]]);
const plan = (sql: string) =>
  planStatement(splitStatements(tokenize(sql))[0] ?? [], [], false, false, catalog()).sql.replace(/\s+/g, ' ');

test.each([
  ['select a * n from t', 'select (a * n)::numeric(21, 2) as "?column?" from t'],
  ['select a * a as square, n from t', 'select (a * a)::numeric(21, 4) as square, n from t'],
  ['select sum(a) total from t', 'select (sum(a))::numeric(38, 2) total from t'],
  ['select a, n + 1 from t', 'select a, n + 1 from t'],
  ['(select a * 2 as b from t)', '(select (a * 2)::numeric(21, 2) as b from t)'],
  ['(select a from t) union all (select a * 2 from t)', '(select a from t) union all (select a * 2 from t)'],
  ['select 1.50', 'select (1.50)::numeric(3, 2) as "?column?"'],
  [
    'select case when n > 1 then a else 0.5 end from t',
    'select (case when n > 1 then a else 0.5 end)::numeric(10, 2) as "case" from t',
  ],
  [
    'with x as (select a + a as b from t) select b from x',
    'with x as (select a + a as b from t) select (b)::numeric(11, 2) from x',
  ],
  ['select distinct a * 2 as b from t order by b', 'select distinct (a * 2)::numeric(21, 2) as b from t order by b'],
])('%s', (sql, wanted) => expect(plan(sql)).toBe(wanted));

test('rows that are DISTINCT and ordered by an expression stay as they are written', () =>
  expect(plan('select distinct a * 2 from t order by a * 2')).toBe('select distinct a * 2 from t order by a * 2'));

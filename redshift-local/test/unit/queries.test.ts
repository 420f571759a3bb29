import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { settled } from '../../settle.js';
import { planStatement } from '../../sql/plan-statement.js';
import { catalogOf } from '../../sql/query/scope.js';
import { render, splitStatements, tokenize } from '../../sql/tokens.js';

beforeAll(loadModule);

const catalog = () =>
  catalogOf([
    [{ name: 't' }, ['id', 'a', 'x']],
    [{ name: 'j' }, ['id', 'data']],
  ]);
const tokensOf = (sql: string) => splitStatements(tokenize(sql))[0] ?? [];
const plan = (sql: string) => planStatement(tokensOf(sql), [], false, false, catalog()).sql;
/** as tokens, so that blanks do not count */
const text = (sql: string) => render(tokenize(sql)).replace(/\s+/g, '').replaceAll('"', '');

const written: [string, string][] = [
  ['select a + 1 as y, y * 2 as z from t', 'select a + 1 as y, (a + 1) * 2 as z from t'],
  ['select a + 1 as x, x * 2 as z from t', 'select a + 1 as x, x * 2 as z from t'],
  ['select a as y from t where y = 1', 'select a as y from t where a = 1'],
  ['select * exclude (a) from t', 'select t.id, t.x from t'],
  ['select a, count(*) from t group by all', 'select a, count(*) as "count" from t group by (a)'],
  ['select t.a from t', 'select t.a from t'],
  ['select data.a.b[0] from j', "select rs_local_step(rs_local_step(rs_local_step(data, 'a'), 'b'), 0) as b from j"],
  ['select j.data.a from j', "select rs_local_step(j.data, 'a') as a from j"],
  [
    'select i.k from j, j.data as i at n',
    "select rs_local_step(i, 'k') as k from j, lateral rs_local_elements_at(j.data) as i(i, n)",
  ],
  [
    'select id from t as t qualify row_number() over (order by a) = 1',
    'select rs_local_0 as id from (select id as rs_local_0, (row_number() over (order by a) = 1) as rs_local_test from t as t) as rs_local_qualified where rs_local_test',
  ],
  ['select l.a from t l, j where l.id = j.id (+)', 'select l.a from t as l left join j on l.id = j.id'],
  [
    'select lead(a) ignore nulls over (order by id desc) from t',
    'select rs_local_back(a, 1) over (order by id asc rows between unbounded preceding and 1 preceding) as "lead" from t',
  ],
  ['select try_cast(a as int) from t', "select rs_local_try_cast(a, cast(null as integer), 'integer') from t"],
];
describe("queries in PostgreSQL's words", () => {
  test.each(written)('%s', (sql, wanted) => expect(text(plan(sql))).toBe(text(wanted)));
});

test('a plan that depends on columns is made again when they are known', async () => {
  const first = planStatement(tokensOf('select a + 1 as x, x * 2 as z from s.t'), [], false);
  expect(first.asked?.tables).toEqual([{ schema: 's', name: 't' }]);
  const asked: string[][] = [];
  const done = await settled(first, (_, values) => {
    asked.push(values);
    return Promise.resolve(
      JSON.stringify({
        columns: [
          [
            ['a', 'x'],
            ['integer', 'integer'],
          ],
        ],
      }),
    );
  });
  expect(asked).toEqual([[JSON.stringify(['"s"."t"'])]]);
  expect(text(done.sql)).toBe(text('select a + 1 as x, x * 2 as z from s.t'));
  expect(text(first.sql)).toBe(text('select a + 1 as x, (a + 1) * 2 as z from s.t'));
});

test('a plain query asks for nothing', () => {
  expect(
    planStatement(tokensOf('select t.a, count(*) from t where a > 1 group by t.a order by 2'), [], false).asked,
  ).toBe(undefined);
});

test('names keep their case where the session says so', () => {
  const known = catalogOf([], {
    enable_case_sensitive_identifier: true,
    enable_case_sensitive_super_attribute: false,
  });
  expect(planStatement(tokensOf('select "Aa" from "T"'), [], false, false, known).sql).toBe('select "Aa" from "T"');
});

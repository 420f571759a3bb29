import { loadModule } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { planStatement } from '../../sql/plan-statement.js';
import { catalogOf } from '../../sql/query/scope.js';
import { splitStatements, tokenize } from '../../sql/tokens.js';
import { compute, digitsOfLiteral, digitsOfType } from '../../sql/typed/decimal.js';

beforeAll(loadModule);

const computed: [string, string, string, string][] = [
  ['numeric(8,2)', '/', 'numeric(8,2)', '17,9'],
  ['numeric(8,2)', '/', 'smallint', '14,8'],
  ['numeric(19,0)', '/', 'numeric(19,0)', '38,19'],
  ['numeric(19,2)', '/', 'numeric(38,19)', '38,4'],
  ['numeric(38,2)', '/', 'bigint', '38,4'],
  ['numeric(8,2)', '*', 'smallint', '14,2'],
  ['numeric(8,2)', '+', 'numeric(10,4)', '11,4'],
];
test.each(computed)('%s %s %s is a decimal(%s)', (left, sign, right, wanted) => {
  const [a, b] = [digitsOfType(left), digitsOfType(right)];
  const found = a && b && compute(sign, a, b);
  expect(`${found?.precision},${found?.scale}`).toBe(wanted);
});

test('a literal has the digits that it is written with', () => {
  expect(
    ['10.0', '0.5', '-7.50', '3', '12345678901'].map(digitsOfLiteral).map((one) => [one?.precision, one?.scale]),
  ).toEqual([
    [3, 1],
    [1, 1],
    [3, 2],
    [10, 0],
    [19, 0],
  ]);
  expect(digitsOfLiteral('1e5')).toBe(undefined);
});

const known = catalogOf([[{ name: 't' }, ['d', 's', 'f'], ['numeric(8,2)', 'jsonb', 'double precision']]]);
const plan = (sql: string) => planStatement(splitStatements(tokenize(sql))[0] ?? [], [], false, false, known).sql;
const divisor = 'redshift_catalog.rs_local_divisor';

const written: [string, string][] = [
  ['select d / d from t', `select (d / ${divisor}(d, 9))::numeric(17, 9) as "?column?" from t`],
  [
    "select 'ü', 'a\\\\b', t.d / -d::decimal(4, 1) from t",
    `select 'ü',  E'a\\\\b', (t.d / ${divisor}(-d::numeric(4, 1), 6))::numeric(13, 6) as "?column?" from t`,
  ],
  [
    'select d / (d / 2) from t',
    `select (d / ${divisor}((d / ${divisor}(2, 13)), 9))::numeric(28, 9) as "?column?" from t`,
  ],
  ['select d / f, 1 / 2, d from t', 'select d / f, 1 / 2, d from t'],
  [
    "select coalesce(s, 'x'), s in (-1, 'y') from t",
    `select coalesce(s, rs_local_super('x')) as "coalesce", s in (rs_local_super(-1), rs_local_super('y')) from t`,
  ],
  [
    'select coalesce(d, 0) from t where d in (1, 2)',
    'select (coalesce(d, 0))::numeric(12, 2) as "coalesce" from t where d in (1, 2)',
  ],
];
test.each(written)('%s', (sql, wanted) => expect(plan(sql).replace(/\s+/g, '')).toBe(wanted.replace(/\s+/g, '')));

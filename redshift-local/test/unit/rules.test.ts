import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { planStatement } from '../../sql/plan-statement.js';
import { rules } from '../../sql/rules.js';
import { splitStatements, tokenize } from '../../sql/tokens.js';

beforeAll(loadModule);

const plan = (sql: string, isBatch = false) =>
  planStatement(splitStatements(tokenize(sql))[0] ?? [], [{ name: 'b', value: '1' }], isBatch);

describe('every rule decides its own example', () => {
  test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    if (rule.reason !== undefined) expect(() => plan(rule.example)).toThrow(`[rule: ${rule.name}]`);
    else expect(plan(rule.example, rule.name === 'cursor').rule).toBe(rule.name);
  });
});

const rewritten: [string, string][] = [
  ['select nvl(a, nvl(b, 0)) from t', 'select coalesce(a, coalesce(b, 0)) as "coalesce" from t'],
  ['SELECT "Name" FROM T', 'select "name" from t'],
  ["select 'a\\'b'", "select  E'a\\'b'"],
  ['select dateadd(hrs, 1, a) from t', `select dateadd('hour', 1, a) as "dateadd" from t`],
  ['select a from t where b = :b or c = :b', 'select a from t where b = $1 or c = $2'],
  [
    "select listagg(a, ',') within group (order by b) from t",
    `select listagg(string_agg(rs_local_filled(cast(a as varchar)), ',' order by b)) as "listagg" from t`,
  ],
  ["select a::int -- :no\n, ':no' from t", "select a::integer, ':no' from t"],
  [
    'create table s.t (a varchar(max) encode zstd, b text, c super, d varchar) diststyle all',
    'create table "s"."t" ("a" character varying(65535), "b" character varying(256), "c" jsonb check (redshift_catalog.rs_local_fit_super("c") is not null or "c" is null), "d" character varying(256))',
  ],
  ['create temp table t distkey (a) as select 1 as a', 'create temp table "t" as select 1 as a'],
  [
    'create table t (a bigint identity(0, 1), primary key (a))',
    'create table "t" ("a" bigint generated always as identity (start with 0 increment by 1 minvalue -9223372036854775808 maxvalue 9223372036854775807))',
  ],
  ['lock s.t', 'lock table "s"."t" in access exclusive mode'],
];
test.each(rewritten)('%s', (sql, wanted) => expect(plan(sql).sql).toBe(wanted));

const refused: [string, RegExp][] = [
  ['insert into t values (1) on conflict do nothing', /ON CONFLICT/],
  ['insert into t values (1) returning a', /RETURNING/],
  ['select * from generate_series(1, 3)', /functions in FROM/],
  ["select data->>'a' from t", /operator does not exist: ->>/],
  ['select array[1, 2]', /ARRAY/],
  ["select string_agg(a, ',') from t", /string_agg does not exist/],
  ['select now() from t', /leader node only/],
  ['select current_timestamp from t', /leader node/],
  ['select distinct on (a) a from t', /DISTINCT ON/],
  ['select a from t for update', /FOR UPDATE/],
  ['select count(*) filter (where a > 1) from t', /FILTER/],
  ['select sum(a) over (order by b) from t', /require a frame clause/],
  ["select '{}'::jsonb", /type "jsonb" does not exist/],
  ["select E'a'", /no E or U& strings/],
  ['create table t (a serial)', /type "serial" does not exist/],
  ['create table t (a jsonb)', /type "jsonb" does not exist/],
  ['create table t (tag int)', /reserved in Redshift/],
  ['create table t (a int) distkey (b)', /does not exist/],
  ['alter table t add column a int, add column b int', /syntax error/],
  ['alter table t add column a int not null', /needs a DEFAULT/],
  [
    'merge into t using (select 1 as id) s on t.id = s.id when matched then delete when not matched then insert values (1)',
    /source of MERGE is a table/,
  ],
  [
    'merge into t x using s on x.id = s.id when matched then delete when not matched then insert values (1)',
    /no alias of the target/,
  ],
  ['merge into t using s on t.id = s.id when matched then delete', /exactly WHEN MATCHED/],
  [
    'merge into t using s on t.id > s.id when matched then delete when not matched then insert values (1)',
    /equal columns, joined by AND/,
  ],
  [
    "copy t from 's3://b/k' iam_role 'arn:aws:iam::123456789012:role/r' format as parquet manifest maxerror 10",
    /MAXERROR argument is not supported for PARQUET based COPY/,
  ],
  ["copy t from 's3://b/k' iam_role 'arn:aws:iam::123456789012:role/r' avro 'auto' manifest", /AVRO is not honoured/],
  ['select * from _redshift_data.statements', /does not exist/],
  ['drop schema redshift_catalog cascade', /permission denied/],
  ['select rs_local_sysdate()', /does not exist/],
  ['nonsense', /no rule recognises/],
  ['select a from t intersect all select a from s', /INTERSECT ALL/],
  ['select a is true from t', /not implemented in the select list/],
  ['insert into t values (1), ((select a from s))', /several rows of VALUES/],
  ['update t set a = 1 from s left join r on s.b = r.b where t.b = s.b', /equijoin predicate/],
  ['create table t (a boolean encode az64)', /invalid encoding/],
  ['grant select on t to group g with grant option', /of users only/],
  ['insert into t select ordinal_position from svv_columns', /leader node/],
  [
    'select a from t where exists (select 1 from s where exists (select 1 from r where r.b = t.b))',
    /skips no query block/,
  ],
];
test.each(refused)('%s', (sql, reason) => expect(() => plan(sql)).toThrow(reason));

test('VACUUM is refused in a batch, TRUNCATE commits it', () => {
  expect(() => plan('vacuum t', true)).toThrow(/transaction block/);
  expect(plan('truncate t', true)).toMatchObject({ sql: 'truncate table "t"', commits: true });
});

test('a column without a table name is looked for in the catalog before a query that may not be correlated runs', () => {
  const { before } = plan('select * from t where a in (select sum(b) from s.u where c > 4 group by d)');
  expect(before).toEqual([
    expect.stringMatching(/rs_local_refuse_outer\(.*array\['b', 'c', 'd'\].*array\['"s"."u"'\]/),
  ]);
  expect(plan('select * from t where a in (select b from s.u where c > 4)').before).toEqual([]);
});

test('the columns of keys and encodings are noted when a table is made', () => {
  const { after = [] } = plan('create table t (a int distkey, b int encode raw, c int, unique (c)) sortkey (b, c)');
  expect(after[0]).toContain(
    '"distKey":"a","sortKey":["b","c"],"isInterleaved":false,"keys":["c"],"constraints":[{"type":"unique","columns":["c"]}],"encodings":{"b":"raw"}',
  );
});

import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { warmProgram } from '../../dbt/warm-program.js';
import { tool } from '../../local/paths.js';
import { redshiftCases } from '../../redshift-local/test/support/redshift-cases.js';

// dbt-redshift sends a text statement by statement: a wrong end would run half of one

const written = redshiftCases().flatMap(({ setup, cases }) => [...setup, ...cases.flatMap(({ sql }) => sql)]);
const texts = [
  ...written,
  ...written.map((sql) => `/* {"app": "dbt"} */\n${sql}\n;\n`),
  ...written.slice(1).map((sql, at) => `${written[at]};\n-- next; of two\n${sql}`),
  '',
  ' \n\t',
  ';',
  ';;',
  '-- nothing',
  'select 1;',
  "select ';'",
  "select ';';",
  'select 1; -- the end',
  'select 1\nGO\nselect 2',
  'select go from t',
  'begin',
  'create procedure p() as $$ begin delete from t; insert into t values (1); end $$ language plpgsql',
];

/** what both make of each text, by dbt's own Python */
async function splitsOf(given: string[]): Promise<{ theirs: string[]; ours: string[] }[]> {
  const compare = `import sqlparse
theirs = sqlparse.split
${warmProgram}
given = json.load(sys.stdin)
json.dump([{"theirs": theirs(text), "ours": sqlparse.split(text)} for text in given], sys.stdout)`;
  return new Promise((resolve, reject) => {
    const child = execFile(tool('python'), ['-c', compare], { maxBuffer: 2 ** 26 }, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout) as { theirs: string[]; ours: string[] }[]),
    );
    child.stdin?.end(JSON.stringify(given));
  });
}

test('the texts of a build are taken apart as sqlparse does it', async () => {
  const splits = await splitsOf(texts);
  expect(splits).toHaveLength(texts.length);
  expect(splits.map(({ ours }) => ours)).toEqual(splits.map(({ theirs }) => theirs));
  expect(splits.filter(({ theirs }) => theirs.length === 1).length).toBeGreaterThan(written.length);
  expect(splits.filter(({ theirs }) => theirs.length > 1).length).toBeGreaterThan(100);
}, 60_000);

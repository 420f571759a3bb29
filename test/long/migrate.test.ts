import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../support/clone.js';
import { world, type World } from '../support/world.js';

let clone: Clone;
let service: World;
let original: string;
const file = () => join(clone.root, 'test/project/pipelines/readings/definition.ts');
/** the definition as it ships, but for one line */
function edit(from: string, to: string): void {
  expect(original).toContain(from);
  writeFileSync(file(), original.replace(from, to));
}

beforeAll(async () => {
  clone = cloneProgram();
  original = readFileSync(file(), 'utf8');
  service = await world({}, clone.root);
}, 60_000);
afterAll(async () => {
  await service?.close();
  clone?.remove();
});

const migrate = (...words: string[]) => service.waterclock('migrate', ...words);
const typeOf = async (column: string) => {
  const [row] = await service.query(
    `select data_type, character_maximum_length as length from svv_columns where table_schema = 'readings' and table_name = 'readings' and column_name = '${column}'`,
  );
  return row;
};

test('the bootstrap of the warehouse can be repeated, also by two at once', { timeout: 60_000 }, async () => {
  const both = await Promise.all([migrate('--bootstrap'), migrate('--bootstrap')]);
  expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  const planned = await migrate('--bootstrap', '--dry-run');
  const { statements } = planned.json as { statements: string[] };
  expect(statements).toContain('CREATE SCHEMA IF NOT EXISTS "marts"');
  expect(statements.some((statement) => statement.startsWith('CREATE ROLE'))).toBe(false);
  expect(await service.administer(`select count(*) as n from stage.lock_minibuses_duties`)).toEqual([{ n: 0 }]);
  expect(await service.query(`select count(*) as n from svv_tables where table_schema = 'spectrum'`)).toEqual([
    { n: 0 },
  ]);
});

test('a table that is missing is made, one that fits needs nothing', { timeout: 60_000 }, async () => {
  expect(await migrate('readings', '--apply')).toMatchObject({ code: 0, json: { status: 'applied' } });
  expect((await migrate('readings')).json).toMatchObject({ pipeline: 'readings', status: 'up to date' });
});

test(
  'a new nullable column is added, a longer VARCHAR widened, once it is asked for',
  { timeout: 60_000 },
  async () => {
    await service.administer('alter table readings.readings drop column place');
    await service.administer('alter table readings.readings add column place varchar(8)');
    await service.administer('alter table readings.readings drop column level');
    const planned = await migrate('readings');
    expect(planned).toMatchObject({ code: 0, json: { status: 'dry run' } });
    const { tables } = planned.json as { tables: { statements: string[] }[] };
    expect(tables[0]?.statements).toEqual([
      expect.stringMatching(/^ALTER TABLE "readings"."readings" ALTER COLUMN "place" TYPE VARCHAR\(\d+\)$/),
      'ALTER TABLE "readings"."readings" ADD COLUMN "level" DOUBLE PRECISION',
    ]);
    expect(await typeOf('place')).toMatchObject({ length: 8 });
    expect(await migrate('readings', '--apply')).toMatchObject({ code: 0, json: { status: 'applied' } });
    expect(await typeOf('place')).not.toMatchObject({ length: 8 });
    expect((await migrate('readings')).json).toMatchObject({ status: 'up to date' });
  },
);

test('another type is told with both, and no statement', { timeout: 60_000 }, async () => {
  edit('level: z.number().nullable()', 'level: text(8).nullable()');
  const { code, json } = await migrate('readings', '--apply');
  writeFileSync(file(), original);
  expect(json).toMatchObject({
    status: 'schema mismatch',
    tables: [
      {
        table: 'readings.readings',
        statements: [],
        problems: [
          expect.stringMatching(/^column level is DOUBLE PRECISION in the table and VARCHAR\(8\) in the schema$/),
        ],
      },
    ],
  });
  expect(code).toBe(1);
});

test.each([
  [[], /name a pipeline, or --bootstrap/],
  [['reading'], /no pipeline is named 'reading', did you mean readings\?/],
  [['readings', '--bootstrap'], /--bootstrap is for every pipeline/],
  [['readings', '--apply', '--dry-run'], /choose one/],
])('migrate %j is refused, exit 2', async (words, told) => {
  const { code, stderr } = await migrate(...words);
  expect(stderr).toMatch(told);
  expect(code).toBe(2);
});

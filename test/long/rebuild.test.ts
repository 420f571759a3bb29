import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../support/clone.js';
import { world, type World } from '../support/world.js';

let clone: Clone;
let service: World;

/** as a user edits it; workers see it after a restart */
function editSchema(from: string, to: string): void {
  const file = join(clone.root, 'test/project/pipelines/readings/definition.ts');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

const range = ['--from', '2018-02-01', '--to', '2018-02-01T06:00Z'];
const backfill = (...words: string[]) =>
  service.waterclock(
    'backfill',
    'create',
    'readings',
    ...range,
    '--max-active',
    '6',
    '--dbt',
    'defer',
    '--wait',
    ...words,
  );
const rebuild = (table: string, ...words: string[]) => service.waterclock('rebuild', table, '--dbt', 'skip', ...words);
const table = 'readings.readings';
/** every column but when it was loaded */
async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  const rows = await service.query(`select * from ${table} order by _row_id`);
  return rows.map(({ _loaded_at, ...row }) => row);
}
const leftOver = () =>
  service.query(`select table_name from svv_tables where table_schema = 'stage' and table_name like 'rebuild%'`);

beforeAll(async () => {
  clone = cloneProgram();
  service = await world({ WATERCLOCK_SNAPSHOT_AT: '2022-11-25T01:00:00Z' }, clone.root);
  await service.startWorker();
  expect((await backfill()).code).toBe(0);
}, 120_000);
afterAll(async () => {
  await service?.close();
  clone?.remove();
});

test('what was lost, changed or put in by hand is as the runs loaded it', { timeout: 60_000 }, async () => {
  const before = await rowsOf(table);
  expect(before.length).toBeGreaterThan(10);
  await service.administer(`create view marts.over as select count(*) as n from ${table} with no schema binding`);
  await service.administer(`delete from ${table} where level > 2`);
  await service.administer(`update ${table} set place = 'nowhere', _interval_start = '2001-01-01' where reports > 0`);
  const { code, json, stderr } = await rebuild(table, '--wait');
  expect(json).toMatchObject({
    table: table,
    status: 'completed',
    intervals: 6,
    copied: 6,
    encoded: 0,
    rows: before.length,
  });
  expect(code, stderr).toBe(0);
  expect(await rowsOf(table)).toEqual(before);
  expect(await service.query('select n from marts.over')).toEqual([{ n: before.length }]);
  expect(await leftOver()).toEqual([]);
});

test(
  'a table that was dropped is there again; a later failure of an interval changes nothing',
  { timeout: 60_000 },
  async () => {
    const before = await rowsOf(table);
    await service.administer(
      `insert into monitor_db.handler_executions (workflow_id, run_id, pipeline, entity, interval_start, interval_end, status, finished_at)
     values ('readings-2018-02-01T01:00:00Z', 'failed-later', 'readings', 'readings', '2018-02-01', '2018-02-01 01:00:00', 'failed', getdate())`,
    );
    await service.administer(`drop table ${table}`);
    expect((await rebuild(table, '--wait')).json).toMatchObject({ status: 'completed', rows: before.length });
    expect(await rowsOf(table)).toEqual(before);
  },
);

test('what loads meanwhile is in it, and a killed worker costs nothing', { timeout: 240_000 }, async () => {
  const before = await rowsOf(table);
  const reloads = backfill('--reprocess', 'completed', '--from-step', 'copy');
  const rebuilt = rebuild(table, '--wait');
  await expect
    .poll(
      async () => (await service.client.workflow.count(`WorkflowType="rebuild" and ExecutionStatus="Running"`)).count,
      {
        timeout: 20_000,
        interval: 100,
      },
    )
    .toBe(1);
  const worker = await service.startWorker();
  await service.stopWorkers('SIGKILL');
  expect(worker.signalCode).toBe('SIGKILL');
  await service.startWorker();
  expect((await reloads).json).toMatchObject({ started: 6, failed: [] });
  const { json } = await rebuilt;
  expect(json).toMatchObject({ status: 'completed', rows: before.length });
  const without = (rows: Record<string, unknown>[]) => rows.map(({ _run_id, ...row }) => row);
  expect(without(await rowsOf(table))).toEqual(without(before));
  const stale = await service.query(
    `select count(*) as n from ${table} as q join monitor_db.handler_executions_latest as l on l.interval_start = q._interval_start
     where l.pipeline = 'readings' and l.status = 'loaded' and l.run_id <> q._run_id`,
  );
  expect(stale).toEqual([{ n: 0 }]);
});

test('a snapshot is its newest interval', { timeout: 60_000 }, async () => {
  expect((await service.waterclock('run', 'catalog', '--dbt', 'defer', '--wait')).code).toBe(0);
  const before = await rowsOf('catalog.products');
  await service.administer('delete from catalog.products');
  expect((await rebuild('catalog.products', '--wait')).json).toMatchObject({ intervals: 1, rows: before.length });
  expect(await rowsOf('catalog.products')).toEqual(before);
});

/** as dbt makes its views: past the Data API, on a connection of its own */
async function pastTheDataApi(sql: string): Promise<void> {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = service.environment;
  const connection = { host: PGHOST, port: Number(PGPORT), user: PGUSER, password: PGPASSWORD, database: PGDATABASE };
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

test('columns of another type are made again from the raw', { timeout: 180_000 }, async () => {
  const before = await rowsOf(table);
  await pastTheDataApi(`create view staging.over as select quality from ${table}`);
  await service.stopWorkers();
  editSchema('quality: z.int32()', 'quality: z.int()');
  await service.startWorker();
  const failed = await service.waterclock(
    'run',
    'readings',
    '--interval',
    '2018-02-01T06:00Z',
    '--dbt',
    'skip',
    '--wait',
  );
  expect(failed.json).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(
      /column quality is INTEGER in the table and BIGINT in the schema: .*`waterclock rebuild readings\.readings`/,
    ) as string,
  });
  const copied = await service.waterclock(
    'retry',
    'readings-2018-02-01T01:00:00Z',
    '--from-step',
    'copy',
    '--dbt',
    'skip',
    '--wait',
  );
  expect(copied.json).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(
      /--from-step copy and --from-step parquet would load rows of another schema/,
    ) as string,
  });
  const { json } = await rebuild(table, '--wait');
  expect(json).toMatchObject({ status: 'completed', intervals: 6, encoded: 6, rows: before.length });
  expect(await rowsOf(table)).toEqual(before);
  expect(await service.query('select count(*) as n from staging.over')).toEqual([{ n: before.length }]);
  expect((await service.waterclock('migrate', 'readings')).json).toMatchObject({ status: 'up to date' });
  expect((await service.waterclock('retry', 'readings-2018-02-01T07:00:00Z', '--dbt', 'skip', '--wait')).code).toBe(0);
});

test('one that cannot be made leaves the table as it was', { timeout: 60_000 }, async () => {
  const { code, json } = await rebuild('minibuses.duties', '--wait');
  expect(json).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/knows no loaded interval of minibuses\.duties/) as string,
  });
  expect(code).toBe(1);
  expect(await leftOver()).toEqual([]);
});

test.each([
  [['readings'], /name one table of readings: readings\.readings/],
  [['readings.levels'], /readings has no entity 'levels'/],
  [['levels.levels'], /no pipeline is named 'levels'/],
])('rebuild %j is refused, exit 2', async (words, told) => {
  const { code, stderr } = await service.waterclock('rebuild', ...words);
  expect(stderr).toMatch(told);
  expect(code).toBe(2);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { world, type World } from '../support/world.js';

let service: World;
beforeAll(async () => {
  service = await world();
  await service.startWorker();
}, 60_000);
afterAll(() => service?.close());

const first = 'minibuses-2022-11-24T11:00:00Z';
const second = 'minibuses-2022-11-24T12:00:00Z';
const run = (...words: string[]) => service.waterclock('run', 'minibuses', ...words);
const ingest = (...words: string[]) => run('--until-step', 'extract', ...words);
const ledger = (table: string, columns: string) =>
  service.query(
    `select ${columns} from monitor_db.${table}_latest where pipeline = 'minibuses' order by interval_start`,
  );

test('the first interval of minibuses is the hour from 2022-11-24 10:00 UTC', async () => {
  expect((await run('--dry-run')).json).toMatchObject({
    run: first,
    input: { interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' } },
  });
});

test('the ingestor brings an hour into the lake, each time the next one', { timeout: 60_000 }, async () => {
  expect(await ingest('--wait')).toMatchObject({ code: 0, json: { run: first, status: 'completed' } });
  expect(await ingest('--wait')).toMatchObject({ code: 0, json: { run: second, status: 'completed' } });
  expect(await ledger('ingestor_executions', 'workflow_id, status, files > 0 as has_files')).toEqual([
    { workflow_id: first, status: 'extracted', has_files: true },
    { workflow_id: second, status: 'extracted', has_files: true },
  ]);
  expect(await ledger('handler_executions', 'entity')).toEqual([]);
});

test("the handler loads a run's latest ingestion", { timeout: 60_000 }, async () => {
  const { code, json } = await service.waterclock('retry', first, '--from-step', 'validate', '--dbt', 'skip', '--wait');
  expect(json).toMatchObject({ run: first, status: 'completed' });
  expect(code).toBe(0);
  expect(await ledger('handler_executions', 'workflow_id, entity, status')).toEqual(
    expect.arrayContaining([
      { workflow_id: first, entity: 'positions', status: 'loaded' },
      { workflow_id: first, entity: 'duties', status: 'loaded' },
    ]),
  );
  expect((await service.query('select count(*) > 0 as there from minibuses.positions'))[0]).toEqual({
    there: true,
  });
});

test('a run without a step takes the next hour that is not loaded, in one go', { timeout: 60_000 }, async () => {
  expect(await run('--dbt', 'skip', '--wait')).toMatchObject({ code: 0, json: { run: second, status: 'completed' } });
  expect(await ledger('run_executions', 'workflow_id, status')).toEqual([
    { workflow_id: first, status: 'completed' },
    { workflow_id: second, status: 'completed' },
  ]);
});

test('the ledger has the columns that its readers know', async () => {
  // LISTAGG is not for tables of the leader node
  const there = await service.query(
    `select table_name, column_name from svv_columns
     where table_schema = 'monitor_db' and table_name not like '%latest' order by table_name, ordinal_position`,
  );
  const known: Record<string, string> = {
    handler_executions:
      'workflow_id run_id pipeline entity interval_start interval_end valid rejected staged inserted updated deleted status started_at finished_at error',
    ingestor_executions:
      'workflow_id run_id pipeline interval_start interval_end trigger files records ignored dropped bytes manifest status started_at finished_at error',
    run_executions:
      'workflow_id run_id pipeline interval_start interval_end due_at trigger status failed_step late started_at finished_at',
  };
  for (const [table, names] of Object.entries(known)) {
    const found = there.filter((row) => row['table_name'] === table).map((row) => String(row['column_name']));
    expect(found.filter((name) => names.split(' ').includes(name))).toEqual(names.split(' '));
  }
  expect(new Set(there.map((row) => row['table_name'])).size).toBe(3);
});

test.each([
  [['run', 'minibusses'], /did you mean minibuses\? \(known: readings, minibuses, catalog\)/],
  [['retry', 'minibusses-2022-11-24T11:00:00Z', '--from-step', 'validate'], /known: readings, minibuses, catalog/],
  [
    ['run', 'minibuses', '--until-step', 'load'],
    /Allowed choices are before, extract, validate, parquet, copy, dbt, after/,
  ],
  [['retry', first, '--from-step', 'load'], /Allowed choices are before, extract, validate, parquet, copy, dbt, after/],
  [['retry', first, '--from-step', 'copy', '--entity', 'buses'], /known: positions, duties/],
])('%j answers with what is known', async (words, told) => {
  const { code, stderr } = await service.waterclock(...words);
  expect(stderr).toMatch(told);
  expect(code).toBe(2);
});

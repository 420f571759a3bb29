import { readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtWorkflows } from '../support/built-workflows.js';
import { world, type World } from '../support/world.js';

interface Sample {
  features: { id: string; properties: { time: number; level: number | null; place: string } }[];
}

let service: World;
beforeAll(async () => {
  service = await world({ WATERCLOCK_SNAPSHOT_AT: '2022-11-25T01:00:00Z' });
  await service.startWorker();
}, 60_000);
afterAll(() => service?.close());

const from = '2018-02-01T00:00:00Z';
const to = '2018-02-02T00:00:00Z';
const day = (
  JSON.parse(readFileSync('test/project/pipelines/readings/sample/readings.json', 'utf8')) as Sample
).features
  .filter(({ properties }) => properties.time >= Date.parse(from) && properties.time < Date.parse(to))
  .sort((left, right) => (left.id < right.id ? -1 : 1));

const backfill = (pipeline: string, from: string, to: string) =>
  service.waterclock(
    'backfill',
    'create',
    pipeline,
    '--from',
    from,
    '--to',
    to,
    '--max-active',
    '6',
    '--dbt',
    'defer',
    '--wait',
  );

test('a day of readings arrives in the warehouse, each row once and as it was sent', { timeout: 120_000 }, async () => {
  const { code, json } = await backfill('readings', from, to);
  expect(json).toMatchObject({
    pipeline: 'readings',
    status: 'completed',
    total: 24,
    started: 24,
    loadedEarlier: 0,
    succeeded: 24,
    failedCount: 0,
    failed: [],
    active: [],
    maxActive: 6,
  });
  expect(code).toBe(0);

  const rows = await service.query('select id, time, level, place from readings.readings order by id');
  expect(rows).toEqual(
    day.map(({ id, properties: { time, level: measured, place } }) => ({
      id,
      time: expect.stringContaining(new Date(time).toISOString().slice(0, 19).replace('T', ' ')) as unknown,
      level: measured,
      place,
    })),
  );
  expect(
    await service.query(
      `select count(*) as n from readings.readings where date_trunc('hour', time) <> _interval_start`,
    ),
  ).toEqual([{ n: 0 }]);
});

test('the ledger has a row for every run, and the counts add up', async () => {
  const [row] = await service.query(
    `select count(*) as runs, sum(records) as records, sum(ignored) as ignored, sum(dropped) as dropped, sum(unparseable) as unparseable
     from monitor_db.ingestor_executions_latest where pipeline = 'readings'`,
  );
  expect(row).toEqual({ runs: 24, records: day.length, ignored: 0, dropped: 0, unparseable: 0 });
  const [handled] = await service.query(
    `select count(*) as runs, sum(valid) as valid, sum(inserted) as inserted, sum(rejected) as rejected
     from monitor_db.handler_executions_latest where pipeline = 'readings' and status = 'loaded'`,
  );
  expect(handled).toEqual({ runs: 24, valid: day.length, inserted: day.length, rejected: 0 });
  expect(
    await service.query(`select status, count(*) as n from monitor_db.run_executions_latest group by status`),
  ).toEqual([{ status: 'completed', n: 24 }]);
});

test('runs can be found by their search attributes; the backfill is none of them', async () => {
  await expect
    .poll(async () => (await service.client.workflow.count('Pipeline="readings"')).count, { timeout: 10_000 })
    .toBe(24);
  const { count } = await service.client.workflow.count(
    'Pipeline="readings" and `Trigger`="backfill" and IntervalStart >= "2018-02-01T05:00:00Z" and IntervalStart < "2018-02-01T06:00:00Z"',
  );
  expect(count).toBe(1);
  const { staticSummary } = await service.client.workflow
    .getHandle('readings-2018-02-01T06:00:00Z')
    .describe()
    .then((described) => ({ staticSummary: described.staticSummary }));
  expect(
    await (typeof staticSummary === 'function' ? (staticSummary as () => Promise<string>)() : staticSummary),
  ).toContain('readings');
});

test('the same backfill again runs nothing', async () => {
  const { json } = await backfill('readings', from, to);
  expect(json).toMatchObject({ total: 24, started: 0, loadedEarlier: 24, succeeded: 24, failed: [] });
});

test('files modified in an hour become the rows of both entities', async () => {
  const { json } = await backfill('minibuses', '2022-11-24T10:00Z', '2022-11-24T12:00Z');
  expect(json).toMatchObject({ total: 2, succeeded: 2, failed: [] });
  const ledger = await service.query(
    `select sum(files) as files, sum(records) as records, sum(ignored) as ignored from monitor_db.ingestor_executions_latest where pipeline = 'minibuses'`,
  );
  expect(ledger[0]?.['files']).toBe(8);
  expect(Number(ledger[0]?.['ignored'])).toBeGreaterThan(0);
  const [loaded] = await service.query(
    `select sum(valid) as valid, sum(rejected) as rejected from monitor_db.handler_executions_latest where pipeline = 'minibuses' and entity = 'positions'`,
  );
  const [rows] = await service.query('select count(*) as n from minibuses.positions');
  expect(Number(rows?.['n'])).toBeGreaterThan(50);
  expect(Number(rows?.['n'])).toBeLessThanOrEqual(Number(loaded?.['valid']));
  expect(Number(loaded?.['rejected'])).toBeGreaterThan(0);
});

test('a snapshot replaces its tables', async () => {
  expect((await service.waterclock('run', 'catalog', '--dbt', 'defer', '--wait')).json).toMatchObject({
    status: 'completed',
  });
  expect((await service.waterclock('run', 'catalog', '--dbt', 'defer', '--wait')).json).toMatchObject({
    status: 'nothing to do',
  });
  const again = await service.waterclock(
    'run',
    'catalog',
    '--dbt',
    'defer',
    '--wait',
    '--force',
    '--interval',
    '2022-11-24',
  );
  expect(again.json).toMatchObject({ status: 'completed' });
  const [rows] = await service.query(
    'select count(*) as n, count(distinct product_id) as ids, count(distinct _run_id) as runs from catalog.products',
  );
  expect(rows).toEqual({ n: rows?.['ids'], ids: expect.any(Number) as unknown, runs: 1 });
  const told = `select json_typeof(notes) as kind, count(*) as n from catalog.products_by_interval where dt = '2022-11-24' group by 1`;
  expect(await service.query(told)).toEqual([{ kind: 'array', n: rows?.['n'] }]);
});

test('one build makes the marts of all', { timeout: 120_000 }, async () => {
  const { code, json } = await service.waterclock('build', '--wait');
  expect(json).toMatchObject({ status: 'success', failed: 0, skipped: 0 });
  expect(code).toBe(0);
  const [hours] = await service.query('select sum(readings) as readings from marts.readings_by_hour');
  expect(hours).toEqual({ readings: day.length });
});

test('the histories of what ran replay with the workflows of today', { timeout: 60_000 }, async () => {
  const workflowBundle = builtWorkflows();
  const seen = new Map<string, number>();
  for await (const { workflowId, runId, type } of service.client.workflow.list({
    query: 'ExecutionStatus="Completed"',
  })) {
    if ((seen.get(type) ?? 0) >= 3) continue;
    seen.set(type, (seen.get(type) ?? 0) + 1);
    const history = await service.client.workflow.getHandle(workflowId, runId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
  }
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining(['backfill', 'pipelineRun']));
});

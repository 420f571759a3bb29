import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BackfillResult } from '../../model/backfill.js';
import { world, type World } from '../support/world.js';

let deployment: World;

beforeAll(async () => {
  deployment = await world();
  await deployment.startWorker();
});
afterAll(() => deployment?.close());

const waterclock = (...words: string[]) => deployment.waterclock(...words);
const hour = ['--interval', '2018-02-01T00:00Z'];
const run = 'readings-2018-02-01T01:00:00Z';

const ledger = (name: string) =>
  deployment.query(
    `select params, status from monitor_db.run_executions where workflow_id = '${name}' order by finished_at`,
  );
const levels = () => deployment.query('select min(level) as least, count(*) as rows from readings.readings');

test('a run asks its source for what its params say, and the ledger keeps them', { timeout: 180_000 }, async () => {
  const given = ['--param', 'minlevel=2.5', '--dbt', 'skip', '--wait'];
  expect(await waterclock('run', 'readings', ...hour, ...given)).toMatchObject({ code: 0 });
  expect(await ledger(run)).toEqual([{ params: '{"minlevel":2.5}', status: 'completed' }]);
  const [{ least, rows } = {}] = await levels();
  expect(Number(least)).toBeGreaterThanOrEqual(2.5);
  expect(Number(rows)).toBeGreaterThan(0);
  const { raw } = await deployment.client.workflow.getHandle(run).describe();
  const summary = Buffer.from(raw.executionConfig?.userMetadata?.summary?.data ?? []).toString();
  expect(summary).toBe('"readings, 2018-02-01 00:00 to 01:00 UTC, minlevel=2.5"');
});

test('a retry keeps them, and takes another with extract only', { timeout: 180_000 }, async () => {
  const refused = await waterclock('retry', run, '--from-step', 'validate', '--param', 'minlevel=1');
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('add --from-step extract');
  const kept = await waterclock('retry', run, '--from-step', 'extract', '--dry-run');
  expect(kept.json).toMatchObject({ input: { params: { minlevel: 2.5 } } });
  const other = await waterclock('retry', run, '--from-step', 'extract', '--param', 'minlevel=4', '--dry-run');
  expect(other.json).toMatchObject({ input: { params: { minlevel: 4 } } });
  const range = ['retry', 'readings', '--from', '2018-02-01T00:00Z', '--to', '2018-02-01T01:00Z'];
  const many = await waterclock(...range, '--from-step', 'extract', '--dry-run');
  expect(many.json).toMatchObject({ input: { retries: [{ params: { minlevel: 2.5 } }] } });
});

test('without params a run loads the whole interval again', { timeout: 180_000 }, async () => {
  expect(await waterclock('run', 'readings', ...hour, '--force', '--dbt', 'skip', '--wait')).toMatchObject({
    code: 0,
  });
  expect((await ledger(run)).at(-1)).toEqual({ params: null, status: 'completed' });
  expect((await levels())[0]).toMatchObject({ rows: 2 });
});

test(
  'every run of a backfill has its params; another set of them is no reason to attach',
  { timeout: 180_000 },
  async () => {
    const range = ['backfill', 'create', 'readings', '--from', '2018-02-01T02:00Z', '--to', '2018-02-01T04:00Z'];
    const given = [...range, '--dbt', 'skip', '--param', 'minlevel=3'];
    await deployment.stopWorkers();
    const started = await waterclock(...given);
    expect(started.json).toMatchObject({ status: 'started' });
    const { backfill } = started.json as { backfill: string };
    const other = await waterclock(...range, '--dbt', 'skip');
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain(`${backfill} is running with --param minlevel=3: wait for its end`);
    expect((await waterclock(...given, '--max-active', '1')).json).toMatchObject({ status: 'attached' });
    await deployment.startWorker();
    const result = (await deployment.client.workflow.getHandle(backfill).result()) as BackfillResult;
    expect(result).toMatchObject({ succeeded: 2, failedCount: 0 });
    expect(await ledger('readings-2018-02-01T03:00:00Z')).toMatchObject([{ params: '{"minlevel":3}' }]);
  },
);

test('set-up brings the ledger of an earlier version up to date', { timeout: 180_000 }, async () => {
  const before = await deployment.query('select count(*) as runs from monitor_db.run_executions_latest');
  const view = 'monitor_db.run_executions_latest';
  await deployment.administer(`drop view ${view}`);
  await deployment.administer('alter table monitor_db.run_executions drop column params');
  await deployment.administer(`create view ${view} as select *, 1 as recency from monitor_db.run_executions`);
  expect((await waterclock('setup')).code).toBe(0);
  expect((await waterclock('setup')).code).toBe(0);
  expect(await deployment.query(`select count(*) as runs, count(params) as params from ${view}`)).toEqual([
    { ...before[0], params: 0 },
  ]);
});

import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownTemporal, type OwnTemporal } from '../support/own-temporal.js';
import { world, type World } from '../support/world.js';

const week = ['--from', '2018-01-31T01:00Z', '--to', '2018-02-07T02:00Z'];
const create = ['backfill', 'create', 'readings', ...week, '--max-active', '8', '--wait'];
const ledger = 'select count(*) as n, count(distinct workflow_id) as runs from monitor_db.run_executions';

let temporal: OwnTemporal;
let service: World;
beforeAll(async () => {
  temporal = await ownTemporal();
  service = await world({ TEMPORAL_ADDRESS: temporal.address });
});
afterAll(async () => {
  await service?.close();
  await temporal?.close();
});

/** intervals that the command has told as ended */
const endedBy = (told: string) => Number(/readings (\d+)\/169(?!.*\/169)/s.exec(told)?.[1] ?? 0);

const until = (told: () => string, intervals: number) =>
  expect.poll(() => endedBy(told()), { timeout: 300_000, interval: 100 }).toBeGreaterThanOrEqual(intervals);

test('169 intervals, worker and server killed on the way, others starting the same: every row once, one run each', async () => {
  await service.waterclock('schedule', 'apply');
  for (const name of ['readings', 'minibuses', 'catalog']) await service.waterclock('schedule', 'pause', name);
  await service.client.schedule.getHandle('watch').pause();
  const first = await service.startWorker();
  const backfill = service.begin(...create);
  await until(backfill.told, 30);
  first.kill('SIGKILL');
  temporal.kill();
  await once(first, 'exit');
  const second = await service.startWorker();

  // one slot of the schedule, one run by hand, both of intervals that the backfill will come to
  const schedule = service.client.schedule.getHandle('waterclock-readings');
  const slot = { start: new Date('2018-02-06T09:59:00Z'), end: new Date('2018-02-06T10:01:00Z') };
  await schedule.backfill({ ...slot, overlap: 'ALLOW_ALL' });
  const byHand = ['run', 'readings', '--interval', '2018-02-06T12:00Z', '--dbt', 'skip'];
  expect(await service.waterclock(...byHand)).toMatchObject({ code: 0, json: { status: 'started' } });

  await until(backfill.told, 90);
  temporal.kill();
  await until(backfill.told, 120);
  second.kill('SIGKILL');
  await service.startWorker();

  const { code, json } = await backfill.ended;
  expect(json).toMatchObject({
    status: 'completed',
    total: 169,
    succeeded: 169,
    failedCount: 0,
    failed: [],
    active: [],
  });
  expect(code).toBe(0);
  expect(await service.query('select count(*) as n, count(distinct id) as ids from readings.readings')).toEqual([
    { n: 338, ids: 338 },
  ]);
  expect(await service.query(ledger)).toEqual([{ n: 169, runs: 169 }]);
  expect(
    await service.query(
      `select interval_start, "trigger" from monitor_db.run_executions where "trigger" <> 'backfill' order by 1`,
    ),
  ).toEqual([
    { interval_start: '2018-02-06 09:00:00', trigger: 'schedule' },
    { interval_start: '2018-02-06 12:00:00', trigger: 'manual' },
  ]);
  expect(
    await service.query(
      `select sum(inserted) as inserted, sum(updated) as updated, count(*) as loads from monitor_db.handler_executions`,
    ),
  ).toEqual([{ inserted: 338, updated: 0, loads: 169 }]);
});

test('the same command again, told to reprocess none, runs nothing', async () => {
  const again = await service.waterclock(...create, '--reprocess', 'none', '--dbt', 'skip');
  expect(again).toMatchObject({ code: 0, json: { status: 'completed', started: 0, loadedEarlier: 169 } });
  expect(await service.query(ledger)).toEqual([{ n: 169, runs: 169 }]);
});

test('cancelled half-way: nothing new starts, what runs ends well', async () => {
  const backfill = service.begin(...create, '--reprocess', 'completed');
  await until(backfill.told, 80);
  const { json: cancelling } = await service.waterclock('backfill', 'cancel', 'readings');
  const begun = cancelling as { succeeded: number; active: string[] };
  expect(begun.active.length).toBeGreaterThan(0);
  const { code, json } = await backfill.ended;
  const done = begun.succeeded + begun.active.length;
  expect(json).toMatchObject({ status: 'cancelled', succeeded: done, failedCount: 0, active: [] });
  expect(code).toBe(1);
  const statuses = await service.query(`select status, count(*) as n from monitor_db.run_executions group by status`);
  expect(statuses).toEqual([{ status: 'completed', n: 169 + done }]);
  expect(await service.query('select count(*) as n, count(distinct id) as ids from readings.readings')).toEqual([
    { n: 338, ids: 338 },
  ]);
});

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { world, type World } from '../support/world.js';

let service: World;
beforeAll(async () => {
  service = await world();
}, 90_000);
afterEach(() => service?.stopWorkers());
afterAll(() => service?.close());

const timeout = 120_000;
const readings = (start: string) => ['run', 'readings', '--interval', start, '--dbt', 'skip'] as const;
const worker = (roles: string, more: Record<string, string> = {}) =>
  service.startWorker({ WATERCLOCK_ROLES: roles, ...more });

/** steps of a run that no worker has taken yet */
async function waiting(run: string): Promise<string[]> {
  const { raw } = await service.client.workflow.getHandle(run).describe();
  const scheduled = 1;
  return (raw.pendingActivities ?? [])
    .filter(({ state }) => Number(state) === scheduled)
    .map(({ activityType }) => activityType?.name ?? '');
}

async function asksToEnd(child: ChildProcess): Promise<{ code: number; seconds: number }> {
  const from = Date.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  return { code, seconds: (Date.now() - from) / 1000 };
}

interface Timed {
  attempt: number;
  from: number;
  to: number;
}

/** when the steps of one name ran, in order */
async function timesOf(run: string, step: string): Promise<Timed[]> {
  const { events } = await service.client.workflow.getHandle(run).fetchHistory();
  const seconds = (time: { seconds?: unknown; nanos?: number | null } | null | undefined) =>
    Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
  const found = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === step,
  );
  const timed = found.map(({ eventId: scheduledId }) => {
    const isOwn = (id: unknown) => String(id) === String(scheduledId);
    const started = events?.find(({ activityTaskStartedEventAttributes: one }) => one && isOwn(one.scheduledEventId));
    const completed = events?.find(
      ({ activityTaskCompletedEventAttributes: one }) => one && isOwn(one.scheduledEventId),
    );
    const attempt = started?.activityTaskStartedEventAttributes?.attempt ?? 0;
    return { attempt, from: seconds(started?.eventTime), to: seconds(completed?.eventTime) };
  });
  return timed.sort((one, other) => one.from - other.from);
}

test('a step waits until a worker with its role comes', { timeout }, async () => {
  const run = 'readings-2018-02-04T06:00:00Z';
  await worker('workflows');
  await service.waterclock(...readings('2018-02-04T05:00Z'));
  await expect.poll(() => waiting(run), { timeout: 20_000 }).toEqual(['plan']);

  await worker('ingest');
  await expect.poll(() => waiting(run), { timeout: 40_000 }).toEqual(['copy']);

  await worker('warehouse');
  await expect(service.client.workflow.getHandle(run).result()).resolves.toMatchObject({
    entities: { readings: { rejected: 0 } },
  });
  expect(await timesOf(run, 'copy')).toMatchObject([{ attempt: 1 }]);
});

test('one slot for the warehouse is one load at a time', { timeout }, async () => {
  await worker('workflows,ingest,warehouse', { WATERCLOCK_WAREHOUSE_SLOTS: '1' });
  const run = ['run', 'minibuses', '--interval', '2022-11-24T10:00Z', '--dbt', 'skip', '--wait'];
  expect((await service.waterclock(...run)).json).toMatchObject({ status: 'completed' });
  const [first, second] = await timesOf('minibuses-2022-11-24T11:00:00Z', 'copy');
  expect(second?.from).toBeGreaterThanOrEqual(first?.to ?? Infinity);
});

test('a backfill of more runs than there are slots does not wait for itself', { timeout }, async () => {
  await worker('workflows,ingest,warehouse', { WATERCLOCK_INGEST_SLOTS: '1', WATERCLOCK_WAREHOUSE_SLOTS: '1' });
  const range = ['--from', '2018-02-05T00:00Z', '--to', '2018-02-05T06:00Z', '--max-active', '6', '--dbt', 'skip'];
  const { json } = await service.waterclock('backfill', 'create', 'readings', ...range, '--wait');
  expect(json).toMatchObject({ status: 'completed', succeeded: 6, failed: [] });
});

test('a worker that only waits for runs leaves at once, and the next one waits on', { timeout }, async () => {
  const leaving = await worker('workflows', { WATERCLOCK_GRACE_SECONDS: '100' });
  const range = ['--from', '2018-02-06T00:00Z', '--to', '2018-02-06T02:00Z', '--max-active', '2', '--dbt', 'skip'];
  await service.waterclock('backfill', 'create', 'readings', ...range);
  await expect.poll(() => waiting('readings-2018-02-06T02:00:00Z'), { timeout: 20_000 }).toEqual(['plan']);
  const { code, seconds } = await asksToEnd(leaving);
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(30);

  await worker('workflows,ingest,warehouse');
  const { json } = await service.waterclock('backfill', 'create', 'readings', ...range, '--wait');
  expect(json).toMatchObject({ status: 'completed', succeeded: 2, failed: [] });
});

test('a load under way outlives its worker: the next one waits for the same statement', { timeout }, async () => {
  const faults = `http://127.0.0.1:${inject('stack').ports['redshift-data']}/faults`;
  const slow = [{ match: 'readings:2018-02-04T08:00:00Z:*:load:*', fault: 'slow', seconds: 12, times: 9 }];
  await fetch(faults, { method: 'PUT', body: JSON.stringify(slow) });
  const run = 'readings-2018-02-04T08:00:00Z';
  const leaving = await worker('workflows,ingest,warehouse', { WATERCLOCK_GRACE_SECONDS: '1' });
  await service.waterclock(...readings('2018-02-04T07:00Z'));
  const struck = async () => ((await (await fetch(faults)).json()) as { struck: number }[]).map((one) => one.struck);
  await expect.poll(struck, { timeout: 40_000 }).toEqual([1]);
  expect(await asksToEnd(leaving)).toMatchObject({ code: 0 });

  await worker('workflows,ingest,warehouse');
  await service.client.workflow.getHandle(run).result();
  // submitted once, though two workers asked for it
  expect(await struck()).toEqual([1]);
  await fetch(faults, { method: 'DELETE' });
  expect(await timesOf(run, 'copy')).toMatchObject([{ attempt: 2 }]);
  const ledger = `select status from monitor_db.handler_executions where workflow_id = '${run}'`;
  expect(await service.query(ledger)).toEqual([{ status: 'loaded' }]);
});

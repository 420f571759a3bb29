import { afterAll, beforeAll, expect, test } from 'vitest';
import { TerminalError } from '../../model/errors.js';
import type { BackfillInput, BackfillResult } from '../../model/backfill.js';
import { backfill } from '../../workflows/backfill.js';
import { grid, timeSkipping, type Fakes, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

const input = (changes: Partial<BackfillInput> = {}): BackfillInput => ({
  pipeline: 'minibuses',
  from: '2022-11-24T10:00:00Z',
  to: '2022-11-24T20:00:00Z',
  grid,
  maxActive: 3,
  dbt: 'build',
  dbtSelect: 'tag:minibuses',
  dbtTarget: `t-${Math.random()}`,
  // the fakes send no heartbeat
  heartbeatTimeout: 7_200_000,
  params: {},
  ...changes,
});

const start = (fake: Fakes, given = input()) =>
  world.environment.client.workflow.start(backfill, {
    workflowId: `b-${Math.random()}`,
    taskQueue: fake.taskQueue,
    args: [given],
  });

const run = (fake: Fakes, given = input()) => world.running(fake, async () => (await start(fake, given)).result());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a backfill runs each interval once, at most so many at a time, and builds once', async () => {
  let active = 0;
  let most = 0;
  const fake = world.fakes({
    loadedIntervals: async () => ['2022-11-24T10:00:00Z'],
    ensureRun: async ({ run: { interval } }) => {
      most = Math.max(most, ++active);
      await new Promise((resolve) => setTimeout(resolve, 20));
      active--;
      const run = `minibuses-${interval.end}`;
      if (interval.end === '2022-11-24T13:00:00Z') return { status: 'failed', run, error: 'no bucket' };
      return { status: interval.end < '2022-11-24T12:30:00Z' ? 'loaded earlier' : 'completed', run };
    },
  });
  const result = await run(fake);
  expect(most).toBe(3);
  expect(result).toMatchObject({
    total: 10,
    loadedEarlier: 2,
    succeeded: 9,
    started: 8,
    failed: [{ run: 'minibuses-2022-11-24T13:00:00Z' }],
  });
  expect(fake.calls).toEqual(['dbt tag:minibuses']);
});

test('a slow interval holds no other', async () => {
  const ended: string[] = [];
  let letGo = () => {};
  const slow = new Promise<void>((resolve) => (letGo = resolve));
  const fake = world.fakes({
    ensureRun: async ({ run: { interval } }) => {
      if (interval.start === '2022-11-24T10:00:00Z') await slow;
      ended.push(interval.start);
      if (ended.length === 9) letGo();
      return { status: 'completed', run: interval.end };
    },
  });
  await run(fake);
  expect(ended).toHaveLength(10);
  expect(ended.at(-1)).toBe('2022-11-24T10:00:00Z');
});

test('newest first, when asked to; a cron grid; the run starts at the step asked for', async () => {
  const seen: unknown[] = [];
  const fake = world.fakes({
    ensureRun: async ({ run, reprocess }) => {
      seen.push([run.interval.start, run.from, reprocess]);
      return { status: 'completed', run: run.interval.end };
    },
  });
  const cron = { cron: '0 6,18 * * *', offset: 0 };
  await run(
    fake,
    input({
      grid: cron,
      backwards: true,
      maxActive: 1,
      fromStep: 'validate',
      reprocess: 'completed',
      to: '2022-11-26T00:00:00Z',
    }),
  );
  expect(seen).toEqual([
    ['2022-11-25T06:00:00Z', 'validate', 'completed'],
    ['2022-11-24T18:00:00Z', 'validate', 'completed'],
  ]);
});

test('it continues as new and carries what is in flight', async () => {
  const starts: string[] = [];
  let letGo = () => {};
  const slow = new Promise<void>((resolve) => (letGo = resolve));
  const fake = world.fakes({
    loadedIntervals: async ({ from }) => (from === '2022-01-01T00:00:00Z' ? [from] : []),
    ensureRun: async ({ run: { interval } }) => {
      starts.push(interval.start);
      // under way while the executions change
      if (interval.start === '2022-01-01T01:00:00Z') await slow;
      if (interval.start === '2022-01-18T00:00:00Z') letGo();
      return { status: 'completed', run: interval.end };
    },
  });
  const range = input({ from: '2022-01-01T00:00:00Z', to: '2022-01-19T18:00:00Z', maxActive: 40, dbt: 'skip' });
  const [result, history] = await world.running(fake, async () => {
    const handle = await start(fake, range);
    const result = await handle.result();
    return [result, await handle.describe()] as const;
  });
  expect(result).toMatchObject({ status: 'completed', total: 450, loadedEarlier: 1, started: 449, failedCount: 0 });
  // an interval that was carried is asked for again, by an activity that attaches to its run
  expect(new Set(starts).size).toBe(449);
  expect(history.historyLength).toBeLessThan(5_000);
});

test('it is paused, resumed, widened and cancelled while it works', async () => {
  let active = 0;
  let most = 0;
  let begun = 0;
  const gates: (() => void)[] = [];
  const cancelled: string[] = [];
  const fake = world.fakes({
    ensureRun: async ({ run: { interval } }) => {
      begun++;
      most = Math.max(most, ++active);
      await new Promise<void>((resolve) => gates.push(resolve));
      active--;
      return { status: 'completed', run: interval.end };
    },
    cancelRuns: async ({ runs }) => void cancelled.push(...runs),
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await pause(20);
  };
  const result = await world.running(fake, async () => {
    const handle = await start(fake, input({ maxActive: 1 }));
    const ask = (name: string, argument: unknown = null) =>
      handle.executeUpdate<BackfillResult, [unknown]>(name, { args: [argument] });
    await until(() => begun === 1);
    await expect(ask('setMaxActive', 0)).rejects.toThrow();
    expect(await ask('setMaxActive', 3)).toMatchObject({ maxActive: 3 });
    await until(() => begun === 3);
    expect(await ask('pause')).toMatchObject({ status: 'paused' });
    for (const open of gates.splice(0)) open();
    await until(() => active === 0);
    await pause(200);
    expect(begun).toBe(3);
    expect(await ask('resume')).toMatchObject({ status: 'running', succeeded: 3 });
    await until(() => begun === 6);
    expect(await ask('cancel', { now: true })).toMatchObject({ status: 'cancelling' });
    for (const open of gates.splice(0)) open();
    return handle.result();
  });
  expect(most).toBe(3);
  expect(begun).toBe(6);
  expect(result).toMatchObject({ status: 'cancelled', succeeded: 6, failedCount: 0 });
  expect(cancelled).toEqual(['T14', 'T15', 'T16'].map((hour) => `minibuses-2022-11-24${hour}:00:00Z`));
  // what it loaded
  expect(fake.calls).toEqual(['dbt tag:minibuses']);
});

test('an activity that cannot be done is a failed interval, not the end', async () => {
  const fake = world.fakes({
    ensureRun: async ({ run: { interval } }) => {
      if (interval.start === '2022-11-24T12:00:00Z') throw new TerminalError('UnknownPipeline', 'no pipeline x');
      return { status: 'completed', run: interval.end };
    },
  });
  expect(await run(fake)).toMatchObject({
    succeeded: 9,
    failedCount: 1,
    failed: [{ run: 'minibuses-2022-11-24T13:00:00Z', error: expect.stringContaining('no pipeline x') }],
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Activities } from '../../activities/types.js';
import { TerminalError, TransientError } from '../../model/errors.js';
import type { BackfillInput, BackfillResult } from '../../model/backfill.js';
import { backfill } from '../../workflows/backfill.js';
import { eventually } from '../support/eventually.js';
import { grid, timeSkipping, type Fakes, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

const minute = 60_000;
const range = { from: '2022-01-01T00:00:00Z', to: '2022-01-01T12:00:00Z' };

const start = (fake: Fakes, changes: Partial<BackfillInput> = {}) =>
  world.environment.client.workflow.start(backfill, {
    workflowId: `b-${Math.random()}`,
    taskQueue: fake.taskQueue,
    args: [
      {
        pipeline: 'minibuses',
        ...range,
        grid,
        maxActive: 4,
        dbt: 'skip',
        dbtSelect: 'tag:minibuses',
        dbtTarget: `t-${Math.random()}`,
        // the fakes send no heartbeat
        heartbeatTimeout: 7_200_000,
        params: {},
        alerts: { failed: ['log'], recovered: ['log'] },
        ...changes,
      },
    ],
  });

const now = () => world.environment.currentTimeMs();
type Ensure = Activities['ensureRun'];
const name = (run: Parameters<Ensure>[0]['run']) => `minibuses-${run.interval.end}`;
const completed: Ensure = async ({ run }) => ({ status: 'completed', run: name(run) });
const failed = (run: Parameters<Ensure>[0]['run'], cause: string) => ({
  status: 'failed' as const,
  run: name(run),
  error: `extract: ${cause}: it is away`,
  cause,
});

const outcome = (fake: Fakes, changes: Partial<BackfillInput> = {}) =>
  world.running(fake, async () => (await start(fake, changes)).result());

test.each(['loadedIntervals', 'ensureRun'] as const)(
  'the ledger away for half an hour at %s: the range waits and goes on by itself',
  async (which) => {
    const began = await now();
    const ran: string[] = [];
    let ended = 0;
    const ask = async () => {
      if ((await now()) - began < 30 * minute) throw new TransientError('the Data API answered: maintenance');
    };
    const fake = world.fakes({
      loadedIntervals: async () => {
        if (which === 'loadedIntervals') await ask();
        return [];
      },
      ensureRun: async (given) => {
        if (which === 'ensureRun') await ask();
        ran.push(given.run.interval.start);
        ended = await now();
        return completed(given);
      },
    });
    const result = await outcome(fake);
    expect(result).toMatchObject({
      status: 'completed',
      total: 12,
      succeeded: 12,
      started: 12,
      failedCount: 0,
      failed: [],
    });
    expect(result.hold).toBeUndefined();
    expect(new Set(ran).size).toBe(12);
    expect((ended - began) / minute).toBeLessThan(65);
    expect(fake.alerts.map(({ kind }) => kind)).toEqual(['failed', 'recovered']);
    expect(fake.alerts[0]?.message).toContain('TransientError: the Data API answered: maintenance');
    expect(fake.alerts[0]?.remedy).toContain('backfill resume');
  },
);

test('the source away for half an hour: few runs are spent on it, and what failed is tried again', async () => {
  const began = await now();
  const tries = new Map<string, number>();
  const sinces: string[] = [];
  const fake = world.fakes({
    ensureRun: async ({ run, since, reprocess }) => {
      tries.set(run.interval.start, (tries.get(run.interval.start) ?? 0) + 1);
      if ((tries.get(run.interval.start) ?? 0) > 1) sinces.push(`${since} ${reprocess}`);
      if ((await now()) - began < 30 * minute) return failed(run, 'TransientError');
      return { status: 'completed', run: name(run) };
    },
  });
  const result = await outcome(fake, { to: '2022-01-05T00:00:00Z', reprocess: 'none' });
  expect(result).toMatchObject({ status: 'completed', total: 96, succeeded: 96, started: 96, failedCount: 0 });
  const spent = [...tries.values()].reduce((sum, count) => sum + count, 0) - 96;
  // four in flight when it went away, the two that followed the first two failures, and probes at 1, 3, 7 and 15 minutes
  expect(spent).toBeLessThanOrEqual(10);
  // a run of its own, not the failed one that began since the backfill did
  expect(sinces.every((said) => said.endsWith('failed') && Date.parse(said.split(' ')[0] ?? '') > began)).toBe(true);
});

test('one interval whose data are wrong pauses nothing, nor do many in a row', async () => {
  let tries = 0;
  const fake = world.fakes({
    ensureRun: async ({ run }) =>
      ++tries && Number(run.interval.start.slice(11, 13)) < 6
        ? failed(run, 'NothingUsable')
        : { status: 'completed', run: name(run) },
  });
  const result = await outcome(fake);
  expect(result).toMatchObject({ status: 'completed', failedCount: 6, succeeded: 6 });
  expect(tries).toBe(12);
  expect(fake.alerts).toEqual([]);
});

test('two failures in a row are two failed intervals; an interval that fails in every pause ends as failed', async () => {
  let calls = 0;
  const fake = world.fakes({
    ensureRun: async ({ run }) => {
      calls++;
      const hour = Number(run.interval.start.slice(11, 13));
      return hour < 2 || (hour > 4 && hour < 8)
        ? failed(run, 'SourceRefused')
        : { status: 'completed', run: name(run) };
    },
  });
  const result = await outcome(fake, { maxActive: 1 });
  expect(result).toMatchObject({ status: 'completed', failedCount: 5, succeeded: 7, started: 12 });
  expect(result.failed.map(({ run }) => run.slice(21, 23)).sort()).toEqual(['01', '02', '06', '07', '08']);
  expect(calls).toBeLessThan(30);
});

test('--keep-going tries all and lists what failed', async () => {
  const fake = world.fakes({ ensureRun: async ({ run }) => failed(run, 'SourceRefused') });
  const result = await outcome(fake, { keepGoing: true });
  expect(result).toMatchObject({ status: 'completed', failedCount: 12, started: 12 });
  expect(fake.alerts).toEqual([]);
});

test('it says why it paused, and a person resumes it; to keep going ends it although the cause is there', async () => {
  const fake = world.fakes({ ensureRun: async ({ run }) => failed(run, 'SourceRefused') });
  await world.running(fake, async () => {
    const handle = await start(fake, { maxActive: 1 });
    const progress = () => handle.query<BackfillResult>('progress');
    await eventually(async () => (await progress()).hold !== undefined);
    expect(await progress()).toMatchObject({
      status: 'paused',
      hold: { cause: 'SourceRefused', message: 'extract: SourceRefused: it is away', probes: 0 },
      toTryAgain: 3,
      failedCount: 0,
      active: [],
    });
    const resume = (argument: unknown) =>
      handle.executeUpdate<BackfillResult, [unknown]>('resume', { args: [argument] });
    expect((await resume(null)).hold).toBeUndefined();
    await eventually(async () => (await progress()).hold !== undefined);
    await resume({ keepGoing: true });
    expect(await handle.result()).toMatchObject({ status: 'completed', failedCount: 12, toTryAgain: 0 });
  });
});

test('cancelled while it is paused: what was to be tried again has failed, and the models of what loaded are built', async () => {
  const fake = world.fakes({
    ensureRun: async (given) =>
      given.run.interval.start < '2022-01-01T03:00:00Z' ? completed(given) : failed(given.run, 'SourceRefused'),
  });
  await world.running(fake, async () => {
    const handle = await start(fake, { maxActive: 1, dbt: 'build' });
    await eventually(async () => (await handle.query<BackfillResult>('progress')).hold !== undefined);
    await handle.executeUpdate('cancel', { args: [{ now: false }] });
    const result = await handle.result();
    expect(result).toMatchObject({ status: 'cancelled', succeeded: 3, failedCount: 3, dbt: { status: 'success' } });
    expect(result.hold).toBeUndefined();
  });
  expect(fake.calls).toEqual(['dbt tag:minibuses']);
});

test('cancelled in the Web UI: its runs are asked to end, and the models of what loaded are built', async () => {
  const asked: unknown[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let begun = 0;
  const fake = world.fakes({
    ensureRun: async (given) => {
      if (++begun > 2) await held;
      return completed(given);
    },
    cancelRuns: async (given) => void asked.push(given),
  });
  await world.running(fake, async () => {
    const handle = await start(fake, { maxActive: 2, dbt: 'build' });
    await eventually(async () => begun === 4);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    letGo();
  });
  expect(asked).toEqual([
    {
      runs: ['minibuses-2022-01-01T03:00:00Z', 'minibuses-2022-01-01T04:00:00Z'],
      trigger: 'backfill',
      since: expect.any(String) as string,
    },
  ]);
  expect(fake.calls).toEqual(['dbt tag:minibuses']);
});

test.each([0, 101, 1.5])('%s runs at a time are refused by the workflow, with the limit', async (maxActive) => {
  const fake = world.fakes();
  await world.running(fake, async () => {
    const handle = await start(fake, { maxActive });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { message: `max-active is a whole number from 1 to 100, got ${maxActive}` },
    });
  });
});

test('more in flight than one execution adds: it does not continue as new for nothing', async () => {
  // as an earlier version could leave it
  const since = '2022-01-01T00:00:00Z';
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const asked = new Set<string>();
  const inFlight = Array.from({ length: 250 }, (_, at) => ({
    start: new Date(Date.parse(since) + at * 3_600_000).toISOString().replace('.000', ''),
    end: new Date(Date.parse(since) + (at + 1) * 3_600_000).toISOString().replace('.000', ''),
  }));
  const fake = world.fakes({
    ensureRun: async (given) => {
      asked.add(given.run.interval.start);
      await held;
      return completed(given);
    },
  });
  const progress: BackfillResult = {
    pipeline: 'minibuses',
    status: 'running',
    total: 300,
    started: 0,
    loadedEarlier: 0,
    succeeded: 0,
    failedCount: 0,
    failed: [],
    active: [],
    maxActive: 250,
  };
  await world.running(fake, async () => {
    const handle = await start(fake, {
      from: since,
      to: '2022-01-13T12:00:00Z',
      maxActive: 250,
      carried: {
        progress,
        since,
        next: inFlight.at(-1)?.end ?? '',
        inFlight,
        maxActive: 250,
        isPaused: false,
        isCancelled: false,
      },
    });
    const { runId } = await handle.describe();
    await eventually(async () => asked.size >= 90);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await handle.describe()).runId).toBe(runId);
    letGo();
    expect(await handle.result()).toMatchObject({ succeeded: 300, failedCount: 0 });
  });
});

test('an activity that fails for good, and without a type, counts as a cause of its own', async () => {
  const fake = world.fakes({
    ensureRun: async ({ run }) => {
      throw new TerminalError('UnknownPipeline', `no pipeline is named ${run.pipeline}`);
    },
  });
  await world.running(fake, async () => {
    const handle = await start(fake);
    const progress = () => handle.query<BackfillResult>('progress');
    await eventually(async () => (await progress()).hold !== undefined);
    expect((await progress()).hold).toMatchObject({ cause: 'UnknownPipeline' });
    await handle.terminate();
  });
});

import { Connection, ScheduleClient } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { BackfillInput } from '../../model/backfill.js';
import { intervalsBetween, iso, type Grid } from '../../model/interval.js';
import { offsetAt } from '../../model/zone.js';
import { describeSchedule } from '../../control/apply-schedule.js';
import { differences, scheduleOf } from '../../control/schedules.js';
import { backfill } from '../../workflows/backfill.js';
import '../support/provided.js';
import { atLevel } from '../support/level.js';
import { runInput, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';
import { tinyPipeline } from '../support/tiny-pipeline.js';

const day = 86_400_000;

let connection: Connection;
let client: ScheduleClient;

beforeAll(async () => {
  const { ports } = inject('stack');
  connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  client = new ScheduleClient({ connection });
});
afterAll(() => connection?.close());

const stamp = (epoch: number) => ({ seconds: Math.floor(epoch / 1000) as never, nanos: 0 });

/** when a schedule of this grid fires within these ranges, as the server itself says */
async function firing(grid: Grid, ranges: { from: number; to: number }[]): Promise<string[]> {
  const pipeline = { ...tinyPipeline({ name: `zoned_${Math.random().toString(36).slice(2)}` }), grid };
  const { action, ...rest } = scheduleOf(pipeline, 'none', undefined);
  // the namespace of these tests knows no search attributes of ours
  const wanted = { ...rest, action: { ...action, typedSearchAttributes: [] } };
  const handle = await client.create({ ...wanted, state: { paused: true } });
  try {
    const found = await describeSchedule(client, handle.scheduleId);
    expect(found && differences(wanted, found)).toEqual([]);
    const times = [];
    for (const { from, to } of ranges) {
      const { startTime } = await connection.workflowService.listScheduleMatchingTimes({
        namespace: 'default',
        scheduleId: handle.scheduleId,
        startTime: stamp(from),
        endTime: stamp(to),
      });
      times.push(...startTime.map(({ seconds }) => iso(Number(seconds) * 1000)));
    }
    return times;
  } finally {
    await handle.delete();
  }
}

/** three days around each change of the clocks in these years */
function changes(zone: string): { from: number; to: number }[] {
  const found = [];
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2028, 0, 1); at += day) {
    if (offsetAt(zone, at) !== offsetAt(zone, at + day)) found.push({ from: at - day, to: at + 2 * day });
  }
  return found.length > 0 ? found : [{ from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 4) }];
}

const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/') && !zone.startsWith('Etc/'));
const changing = zones.filter((zone) => changes(zone).length > 1);
const crons = fc.oneof(
  fc.tuple(fc.nat(59), fc.nat(23)).map(([minute, hour]) => `${minute} ${hour} * * *`),
  fc.constantFrom(
    '*/15 0 * * *',
    '*/20 0,4-23 * * *',
    '5/10 6-22 * * *',
    '0 0,12 * * *',
    '30 0 * * sun',
    '0 4-23 * * *',
  ),
);

test('a schedule fires on its grid and at no other time, around every change of the clocks', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...changing), crons, async (timezone, cron) => {
      const grid = accepted(cron, timezone);
      fc.pre(grid !== undefined);
      const ranges = changes(timezone);
      const ours = ranges.flatMap(({ from, to }) =>
        intervalsBetween(grid ?? { every: day, offset: 0 }, from - 40 * day, to)
          .map(({ end }) => end)
          .filter((end) => Date.parse(end) > from && Date.parse(end) <= to),
      );
      expect(await firing(grid ?? { every: day, offset: 0 }, ranges)).toEqual(ours);
      compared += ours.length;
    }),
    { numRuns: atLevel(20, 300) },
  );
  console.log(`${compared} ticks of ${changing.length} zones compared`);
});

function accepted(cron: string, timezone: string): Grid | undefined {
  try {
    return tinyPipeline({ schedule: { cron, timezone } }).grid;
  } catch {
    return undefined;
  }
}

describe('in the sandbox of workflows', () => {
  const grid: Grid = { cron: '0 0 * * *', timezone: 'Europe/London', offset: 0 };
  let world: TimeSkipping;
  beforeAll(async () => {
    world = await timeSkipping();
  });
  afterAll(() => world?.environment.teardown());

  test.each([false, true])('a backfill has the intervals of the zone (backwards: %s)', async (backwards) => {
    const asked: string[] = [];
    const fake = world.fakes({
      ensureRun: async ({ run: { interval } }) => {
        asked.push(`${interval.start} ${interval.end}`);
        return { status: 'completed', run: `minibuses-${interval.end}` };
      },
    });
    const [from, to] = ['2026-03-28T00:00:00Z', '2026-03-30T23:00:00Z'];
    const input: BackfillInput = {
      pipeline: 'minibuses',
      from,
      to,
      grid,
      backwards,
      maxActive: 1,
      dbt: 'skip',
      dbtTarget: 'none',
      // the fakes send no heartbeat
      heartbeatTimeout: 7_200_000,
      params: {},
    };
    const given = { workflowId: `b-${Math.random()}`, taskQueue: fake.taskQueue, args: [input] as [BackfillInput] };
    const result = await world.running(fake, () => world.environment.client.workflow.execute(backfill, given));
    expect(result).toMatchObject({ total: 3, succeeded: 3 });
    const days = intervalsBetween(grid, Date.parse(from), Date.parse(to)).map(({ start, end }) => `${start} ${end}`);
    expect(asked).toEqual(backwards ? days.reverse() : days);
    expect(asked).toContain('2026-03-29T00:00:00Z 2026-03-29T23:00:00Z');
  });

  test('a run names the folders of its interval itself', async () => {
    const fake = world.fakes();
    const [interval] = intervalsBetween(grid, Date.parse('2026-03-29T00:00Z'), Date.parse('2026-03-30T00:00Z'));
    const { run } = await world.execute(fake, { ...runInput, grid, dbt: 'skip', ...(interval && { interval }) });
    expect(run).toMatchObject({ interval, partitions: ['dt', 'hr', 'min'] });
    expect((await world.execute(fake, { ...runInput, dbt: 'skip' })).run).not.toHaveProperty('partitions');
  });
});

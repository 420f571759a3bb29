import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Activities } from '../../activities/types.js';
import { TerminalError } from '../../model/errors.js';
import { intervalsBetween, type Interval } from '../../model/interval.js';
import type { ListedIntervals } from '../../model/listed-intervals.js';
import type { Noticed } from '../../model/missing.js';
import { fillId } from '../../model/names.js';
import { watch } from '../../workflows/watch.js';
import { ref, timeSkipping, type Fakes, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

const grid = { every: 3_600_000, offset: 0 };
const four = intervalsBetween(grid, Date.parse('2022-11-01T00:00:00Z'), Date.parse('2022-11-05T00:00:00Z'));

function listed(intervals: Interval[], key: string): ListedIntervals {
  const [first, last] = [intervals[0], intervals.at(-1)];
  if (!first || !last) throw new Error('a list has intervals');
  return { list: ref(key), count: intervals.length, first, last };
}

const noticed = (changes: Partial<Noticed>): Noticed => ({
  grid,
  alerts: { late: ['log'], gap: ['log'] },
  backfill: { maxActive: 4, dbtTarget: 'none', heartbeatTimeout: 7_200_000 },
  ...changes,
});

/** looks at these pipelines; what each look finds */
function looks(names: string[], lookAt: Activities['lookAt'], changes: Partial<Activities> = {}): Fakes {
  return world.fakes({ watchedPipelines: async () => ({ pipelines: names }), lookAt, ...changes });
}

const look = (fake: Fakes) =>
  world.environment.client.workflow.start(watch, { workflowId: `watch-${Math.random()}`, taskQueue: fake.taskQueue });

test('many intervals that are late at once are one alert, with their count and range, and are noted by their list', async () => {
  const noted: unknown[] = [];
  const late = listed(four, 'late');
  const lookAt: Activities['lookAt'] = async () => ({
    counts: { late: 96, missing: 0, unsettled: 0 },
    ...(noted.length === 0 && { news: noticed({ late }) }),
  });
  const fake = looks(['many_late'], lookAt, { noteLate: async (input) => void noted.push(input) });
  await world.running(fake, async () => {
    for (let count = 0; count < 3; count++) {
      const handle = await look(fake);
      expect(await handle.result()).toEqual({ many_late: { late: 96, missing: 0, unsettled: 0 } });
      expect((await handle.describe()).historyLength).toBeLessThan(40);
    }
    await expect.poll(() => fake.alerts.length).toBe(1);
  });
  expect(fake.alerts).toMatchObject([
    {
      kind: 'late',
      subject: 'many_late-2022-11-01T01:00:00Z-and-95-up-to-2022-11-05T00:00:00Z',
      message: '96 intervals are not loaded by their deadlines, from 2022-11-01T00:00:00Z to 2022-11-05T00:00:00Z',
    },
  ]);
  expect(noted).toEqual([{ pipeline: 'many_late', late: late.list }]);
});

test('a backfill runs the intervals of its list and no other, also where they are more than it asks for at once', async () => {
  const every = 60_000;
  const all = intervalsBetween({ every, offset: 0 }, 0, 1_300 * every);
  // every second one: those between have a run, or a person ended it
  const missing = all.filter((_, at) => at % 2 === 0);
  const ran: string[] = [];
  const asked: number[] = [];
  const news = noticed({ grid: { every, offset: 0 }, missing: listed(missing, 'missing') });
  const fake = looks(['gappy'], async () => ({ counts: { late: 0, missing: 650, unsettled: 0 }, news }), {
    listedIntervals: async ({ from, most }) => {
      asked.push(most);
      return missing.filter(({ start }) => Date.parse(start) >= Date.parse(from)).slice(0, most);
    },
    ensureRun: async ({ run, reprocess }) => {
      ran.push(`${run.interval.start} ${reprocess} ${run.trigger}`);
      return { status: 'completed', run: run.interval.end };
    },
  });
  await world.running(fake, async () => {
    await (await look(fake)).result();
    const fill = world.environment.client.workflow.getHandle(fillId('gappy', 'missing'));
    expect(await fill.result()).toMatchObject({ total: 650, succeeded: 650, failedCount: 0 });
    await expect.poll(() => fake.alerts.length).toBe(1);
  });
  expect(ran.sort()).toEqual(missing.map(({ start }) => `${start} none watch`).sort());
  expect(asked.length).toBeLessThan(10);
  expect(fake.alerts[0]?.message).toBe('650 due intervals had no run and are being filled');
}, 120_000);

test('a pipeline that is slow or cannot be looked at stops no other; the look fails at its end and names it', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `p${at}`);
  const seen: string[] = [];
  const fake = looks(names, async ({ pipeline }) => {
    if (pipeline === 'p3') throw new TerminalError('InvalidDefinition', 'its source is gone');
    // until all others were looked at
    if (pipeline === 'p7') await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(38);
    seen.push(pipeline);
    return pipeline === 'p5' ? {} : { counts: { late: 0, missing: 0, unsettled: 0 } };
  });
  await world.running(fake, async () => {
    const message = '1 of 40 pipelines could not be looked at: p3: its source is gone';
    await expect((await look(fake)).result()).rejects.toMatchObject({ cause: { message } });
  });
  expect(seen.sort()).toEqual(names.filter((name) => name !== 'p3').sort());
});

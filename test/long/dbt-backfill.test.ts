import { afterAll, beforeAll, expect, test } from 'vitest';
import { atLevel } from '../support/level.js';
import { world, type World } from '../support/world.js';

// the sample in one backfill, before a release the whole of it, beside a build per hour: of its first hours, since each build starts dbt
const from = Date.parse('2018-01-31T01:00:00Z');
const hours = atLevel(48, 169);
const builtHours = atLevel(6, 12);
const at = (hour: number) => new Date(from + hour * 3_600_000).toISOString().replace('.000Z', 'Z');

let hourly: World;
let once: World;
beforeAll(async () => {
  [hourly, once] = await Promise.all([world(), world()]);
  await Promise.all([hourly.startWorker(), once.startWorker()]);
}, 120_000);
afterAll(() => Promise.all([hourly?.close(), once?.close()]));

async function builds({ client }: World): Promise<number> {
  let count = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query: 'WorkflowType = "dbtBuilds"' })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    count += (events ?? []).filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'dbtBuild',
    ).length;
  }
  return count;
}

async function marts({ query }: World) {
  return [
    await query('select reading_id, level, place, interval_start from marts.fct_readings order by 1'),
    await query('select * from marts.readings_by_hour order by 1'),
    await query('select * from marts.dim_stations order by 1'),
  ];
}

test('a backfill builds once, and its marts are those of a build per hour', { timeout: 900_000 }, async () => {
  for (let hour = 0; hour < builtHours; hour++) {
    const { code, stderr } = await hourly.waterclock('run', 'readings', '--interval', at(hour), '--wait');
    expect(code, stderr).toBe(0);
  }
  expect(await builds(hourly)).toBe(builtHours);
  const range = ['--from', at(0), '--to', at(hours)];
  for (const { waterclock } of [once, hourly]) {
    const { code, stderr } = await waterclock('backfill', 'create', 'readings', ...range, '--wait');
    expect(code, stderr).toBe(0);
  }
  expect(await marts(once)).toEqual(await marts(hourly));
  expect((await marts(once))[0]?.length).toBe(2 * hours);
  await expect.poll(() => builds(once), { timeout: 10_000 }).toBe(1);
  expect(await builds(hourly)).toBe(builtHours + 1);
});

import type { ScheduleHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributes } from '../../model/attributes.js';
import { world, type World } from '../support/world.js';

let deployment: World;

beforeAll(async () => {
  deployment = await world({ WATERCLOCK_SNAPSHOT_AT: '2022-11-25T02:00:00Z' });
});
afterAll(() => deployment?.close());

const waterclock = (...words: string[]) => deployment.waterclock(...words);
const loaded = 'earthquakes-2018-01-31T02:00:00Z';

test('set-up is safe to repeat and then has nothing to make', async () => {
  const { code, json } = await waterclock('setup');
  expect({ code, json }).toMatchObject({ code: 0, json: { searchAttributes: [], buckets: [] } });
});

test('a statement that the warehouse rejects is told in one line', async () => {
  const { code, stderr } = await deployment.waterclock('query', 'select * from monitor_db.nothing');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*monitor_db.nothing.*\n$/);
});

test('a query answers rows with numbers, nulls and parameters', async () => {
  const { json } = await waterclock('query', 'select 1 as a, null as b, 1.5 as c, :k as d', '--param', 'k=v');
  expect(json).toEqual([{ a: 1, b: null, c: 1.5, d: 'v' }]);
});

test('a run that is running is refused with its link, a dry run starts nothing', async () => {
  const words = ['run', 'earthquakes', '--interval', '2018-02-01T00:00Z', '--dbt', 'skip'];
  const run = 'earthquakes-2018-02-01T01:00:00Z';
  expect((await waterclock(...words, '--dry-run')).json).toMatchObject({ run, status: 'dry run' });
  const started = await waterclock(...words);
  expect(started.json).toEqual({
    pipeline: 'earthquakes',
    run,
    runId: expect.any(String) as string,
    status: 'started',
    link: expect.stringContaining(`/workflows/${run}/`) as string,
  });
  const refused = await waterclock(...words);
  expect(refused).toMatchObject({ code: 2, json: undefined });
  expect(refused.stderr).toMatch(`${run} is running already: http`);

  const { typedSearchAttributes, raw } = await deployment.client.workflow.getHandle(run).describe();
  expect(typedSearchAttributes.get(attributes.Pipeline)).toBe('earthquakes');
  expect(typedSearchAttributes.get(attributes.Trigger)).toBe('manual');
  expect(typedSearchAttributes.get(attributes.IntervalStart)).toEqual(new Date('2018-02-01T00:00:00Z'));
  expect(raw.executionConfig?.userMetadata?.summary).toBeDefined();
  await deployment.client.workflow.getHandle(run).terminate('the test is over');
});

test('a run that fails is told as failed, exit 1', async () => {
  const run = 'earthquakes-2018-02-01T02:00:00Z';
  const waiting = waterclock('run', 'earthquakes', '--interval', '2018-02-01T01:00Z', '--dbt', 'skip', '--wait');
  const handle = deployment.client.workflow.getHandle(run);
  await expect.poll(() => handle.describe().catch(() => undefined), { timeout: 10_000 }).toBeDefined();
  await handle.terminate('the test is over');
  expect(await waiting).toMatchObject({
    code: 1,
    json: { pipeline: 'earthquakes', run, status: 'failed', error: 'the test is over' },
  });
});

test('the schedules are applied once, the second time changes nothing, a pause stays', async () => {
  const statuses = async () => {
    const { json } = await waterclock('schedule', 'apply');
    return (json as { schedules: { status: string }[] }).schedules.map(({ status }) => status);
  };
  expect(await statuses()).toEqual(['created', 'created', 'created']);
  const handle = deployment.client.schedule.getHandle('waterclock-door2door');
  await handle.pause('holiday');
  expect(await statuses()).toEqual(['unchanged', 'unchanged', 'unchanged']);

  await handle.update((previous) => ({ ...previous, policies: { ...previous.policies, catchupWindow: 60_000 } }));
  expect(await statuses()).toEqual(['unchanged', 'updated', 'unchanged']);
  const { state, policies } = await handle.describe();
  expect({ state, window: policies.catchupWindow }).toMatchObject({
    state: { paused: true, note: 'holiday' },
    window: 600_000,
  });
  await firesItsSlot(handle);
  for (const name of ['earthquakes', 'door2door', 'spacex']) {
    await deployment.client.schedule.getHandle(`waterclock-${name}`).delete();
  }
});

/** the server appends the slot's time to the pipeline's name: the name of the run */
async function firesItsSlot(handle: ScheduleHandle) {
  const run = deployment.client.workflow.getHandle('door2door-2022-11-24T11:00:00Z');
  const slot = { start: new Date('2022-11-24T10:59:00Z'), end: new Date('2022-11-24T11:01:00Z') };
  await handle.backfill({ ...slot, overlap: 'ALLOW_ALL' });
  await expect.poll(() => run.describe().catch(() => undefined), { timeout: 10_000 }).toBeDefined();
  const { typedSearchAttributes } = await run.describe();
  expect(typedSearchAttributes.get(attributes.Pipeline)).toBe('door2door');
  expect(typedSearchAttributes.get(attributes.Trigger)).toBe('schedule');
  await run.terminate('the test is over');
}

test('one interval is run, told, and refused a second time unless forced', async () => {
  await deployment.startWorker();
  const words = ['run', 'earthquakes', '--interval', '2018-01-31T01:00Z', '--dbt', 'skip', '--wait'];
  const first = await waterclock(...words);
  expect(first.stderr).toContain(`started ${loaded}`);
  expect(first).toMatchObject({
    code: 0,
    json: { pipeline: 'earthquakes', run: loaded, status: 'completed', result: { late: false } },
  });
  const again = await waterclock(...words);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/is loaded already, by run .*: --force runs it again/);
  expect(await waterclock(...words, '--force')).toMatchObject({ code: 0, json: { status: 'completed' } });
});

test('the next interval is the one after the newest loaded', async () => {
  const { json } = await waterclock('run', 'earthquakes', '--dry-run');
  expect(json).toMatchObject({ run: 'earthquakes-2018-01-31T03:00:00Z' });
});

test('an ingestor leaves its interval unprocessed', async () => {
  const words = ['--until-step', 'extract', '--wait'];
  expect(await waterclock('run', 'earthquakes', ...words)).toMatchObject({ code: 0, json: { status: 'completed' } });
  const { json } = await waterclock('run', 'earthquakes', '--dry-run');
  expect(json).toMatchObject({ run: 'earthquakes-2018-01-31T03:00:00Z' });
});

test('a snapshot is run once for its last complete interval', async () => {
  const words = ['run', 'spacex', '--dbt', 'skip', '--wait'];
  const run = 'spacex-2022-11-25T00:00:00Z';
  expect(await waterclock(...words)).toMatchObject({ code: 0, json: { run, status: 'completed' } });
  expect(await waterclock(...words)).toMatchObject({
    code: 0,
    json: { pipeline: 'spacex', run, status: 'nothing to do' },
  });
  const past = await waterclock('run', 'spacex', '--interval', '2022-11-20');
  expect(past.code).toBe(2);
  expect(past.stderr).toContain('spacex is a snapshot and has no past');
});

test('a backfill runs what is not loaded, its result is one object, and again it finds all loaded', async () => {
  const range = ['--from', '2018-01-31T01:00Z', '--to', '2018-01-31T05:00Z'];
  const words = ['backfill', 'create', 'earthquakes', ...range, '--dbt', 'skip', '--wait'];
  const first = await waterclock(...words);
  expect(first.stderr).toContain('earthquakes 4/4');
  const result = { pipeline: 'earthquakes', total: 4, succeeded: 4, failed: [] };
  expect(first).toMatchObject({ code: 0, json: { ...result, started: 3, loadedEarlier: 1 } });
  expect((await waterclock(...words)).json).toEqual({ ...result, started: 0, loadedEarlier: 4 });
  // the backfill itself is no run
  const { count } = await deployment.client.workflow.count(
    'Pipeline = "earthquakes" AND WorkflowType <> "pipelineRun"',
  );
  expect(count).toBe(0);
});

test('runs and show tell what happened', async () => {
  const { json: runs } = await waterclock('runs', '--pipeline', 'earthquakes', '--status', 'completed');
  expect(runs).toContainEqual(
    expect.objectContaining({ run: loaded, trigger: 'manual', status: 'completed', rejected: 0 }),
  );
  const { json: shown } = await waterclock('show', loaded);
  expect(shown).toMatchObject({
    run: loaded,
    status: 'completed',
    details: expect.stringContaining('| extract | done |') as string,
    ledger: {
      run_executions: [{ status: 'completed' }],
      handler_executions: [{ entity: 'earthquakes', status: 'loaded' }],
    },
  });
  expect(await waterclock('show', 'earthquakes-1999-01-01T00:00:00Z')).toMatchObject({ code: 2 });
});

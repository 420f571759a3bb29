import type { Connection, ScheduleHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributes } from '../../model/attributes.js';
import { lastComplete } from '../../model/interval.js';
import type { RunResult } from '../../model/run-result.js';
import { world, type World } from '../support/world.js';

let deployment: World;

beforeAll(async () => {
  deployment = await world({ WATERCLOCK_SNAPSHOT_AT: '2022-11-25T02:00:00Z' });
});
afterAll(() => deployment?.close());

const waterclock = (...words: string[]) => deployment.waterclock(...words);
const loaded = 'readings-2018-01-31T02:00:00Z';

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
  const words = ['run', 'readings', '--interval', '2018-02-01T00:00Z', '--dbt', 'skip'];
  const run = 'readings-2018-02-01T01:00:00Z';
  expect((await waterclock(...words, '--dry-run')).json).toMatchObject({ run, status: 'dry run' });
  const started = await waterclock(...words);
  expect(started.json).toEqual({
    pipeline: 'readings',
    run,
    runId: expect.any(String) as string,
    status: 'started',
    link: expect.stringContaining(`/workflows/${run}/`) as string,
  });
  const refused = await waterclock(...words);
  expect(refused).toMatchObject({ code: 2, json: undefined });
  expect(refused.stderr).toMatch(`${run} is running already: http`);

  const { typedSearchAttributes, raw } = await deployment.client.workflow.getHandle(run).describe();
  expect(typedSearchAttributes.get(attributes.Pipeline)).toBe('readings');
  expect(typedSearchAttributes.get(attributes.Trigger)).toBe('manual');
  expect(typedSearchAttributes.get(attributes.IntervalStart)).toEqual(new Date('2018-02-01T00:00:00Z'));
  expect(raw.executionConfig?.userMetadata?.summary).toBeDefined();
  await deployment.client.workflow.getHandle(run).terminate('the test is over');
});

test('without a worker a run that is waited for is not started, exit 3', async () => {
  const run = 'readings-2018-02-01T02:00:00Z';
  const words = ['run', 'readings', '--interval', '2018-02-01T01:00Z', '--dbt', 'skip', '--wait'];
  const { code, stderr } = await waterclock(...words);
  expect(stderr).toContain(`${run} was not started, no worker polls the task queue`);
  expect(code).toBe(3);
  await expect(deployment.client.workflow.getHandle(run).describe()).rejects.toThrow('not found');
});

test('the schedules are applied once, the second time changes nothing, a pause stays', async () => {
  const statuses = async () => {
    const { json } = await waterclock('schedule', 'apply');
    return (json as { schedules: { status: string }[] }).schedules.map(({ status }) => status);
  };
  expect(await statuses()).toEqual(['created', 'created', 'created', 'created']);
  const handle = deployment.client.schedule.getHandle('waterclock-minibuses');
  await handle.pause('holiday');
  expect(await statuses()).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged']);

  await handle.update((previous) => ({ ...previous, policies: { ...previous.policies, catchupWindow: 60_000 } }));
  expect(await statuses()).toEqual(['unchanged', 'updated', 'unchanged', 'unchanged']);
  const { state, policies } = await handle.describe();
  expect({ state, window: policies.catchupWindow }).toMatchObject({
    state: { paused: true, note: 'holiday' },
    window: 600_000,
  });
  await firesItsSlot(handle);
  await deleteSchedules();
});

async function deleteSchedules() {
  for (const id of ['waterclock-readings', 'waterclock-minibuses', 'waterclock-catalog', 'watch']) {
    await deployment.client.schedule.getHandle(id).delete();
  }
}

/** the server appends the slot's time to the pipeline's name: the name of the run */
async function firesItsSlot(handle: ScheduleHandle) {
  const run = deployment.client.workflow.getHandle('minibuses-2022-11-24T11:00:00Z');
  const slot = { start: new Date('2022-11-24T10:59:00Z'), end: new Date('2022-11-24T11:01:00Z') };
  await handle.backfill({ ...slot, overlap: 'ALLOW_ALL' });
  await expect.poll(() => run.describe().catch(() => undefined), { timeout: 10_000 }).toBeDefined();
  const { typedSearchAttributes } = await run.describe();
  expect(typedSearchAttributes.get(attributes.Pipeline)).toBe('minibuses');
  expect(typedSearchAttributes.get(attributes.Trigger)).toBe('schedule');
  await run.terminate('the test is over');
}

test('one interval is run, told, and refused a second time unless forced', async () => {
  await deployment.startWorker();
  const words = ['run', 'readings', '--interval', '2018-01-31T01:00Z', '--dbt', 'skip', '--wait'];
  const first = await waterclock(...words);
  expect(first.stderr).toContain(`started ${loaded}`);
  expect(first).toMatchObject({
    code: 0,
    json: { pipeline: 'readings', run: loaded, status: 'completed', result: { late: false } },
  });
  const again = await waterclock(...words);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/is loaded already, by run .*: --force runs it again/);
  expect(await waterclock(...words, '--force')).toMatchObject({ code: 0, json: { status: 'completed' } });
});

test('a schedule is paused, resumed, and refused another grid over loaded intervals unless told from when', async () => {
  await waterclock('schedule', 'apply');
  // every five minutes it would fill what the real day lacks
  await deployment.client.schedule.getHandle('watch').pause();
  const id = 'waterclock-readings';
  const handle = deployment.client.schedule.getHandle(id);
  expect(await waterclock('schedule', 'pause', 'readings', '--note', 'moving')).toMatchObject({ code: 0 });
  expect((await handle.describe()).state).toMatchObject({ paused: true, note: 'moving' });
  expect(await waterclock('schedule', 'resume', 'readings')).toMatchObject({ code: 0 });
  expect((await handle.describe()).state.paused).toBe(false);

  const daily = { every: 86_400_000, offset: 0 };
  await handle.update(({ action, ...rest }) => ({
    ...rest,
    action: { ...action, args: [{ ...(action.args?.[0] as object), grid: daily }] },
  }));
  const apply = async (...words: string[]) => {
    const { code, json } = await waterclock('schedule', 'apply', ...words);
    const { schedules } = json as { schedules: { schedule: string; status: string; refusal?: string }[] };
    return { code, ...schedules.find(({ schedule }) => schedule === id) };
  };
  const changed =
    'its grid changed from every 1 day to every 1 hour and intervals up to 2018-01-31T02:00:00Z are loaded';
  expect(await apply()).toMatchObject({ code: 1, status: 'refused', refusal: expect.stringContaining(changed) });
  const early = await apply('--new-grid', '2018-01-31T00:00Z');
  expect(early.refusal).toContain('is before the end of what is loaded');
  expect((await apply('--new-grid', '2018-02-01T01:00Z')).refusal).toContain('no point of the grid so far');
  expect(await apply('--new-grid', '2018-02-01T00:00Z')).toMatchObject({ code: 0, status: 'updated' });
  expect((await handle.describe()).spec.startAt).toEqual(new Date('2018-02-01T01:00:00Z'));
  expect(await apply()).toMatchObject({ code: 0, status: 'unchanged' });
});

test('one schedule is applied alone, and what a pause of all paused is resumed, but not what a person had paused', async () => {
  const applied = await waterclock('schedule', 'apply', 'minibuses', '--json');
  expect(applied.json).toMatchObject({ schedules: [{ schedule: 'waterclock-minibuses' }] });
  expect((applied.json as { schedules: unknown[] }).schedules).toHaveLength(1);
  expect((await waterclock('schedule', 'apply', 'minibusses')).stderr).toContain('did you mean minibuses?');
  expect(await waterclock('schedule', 'apply', 'minibuses', '--prune')).toMatchObject({ code: 2 });

  await waterclock('schedule', 'apply');
  await waterclock('schedule', 'pause', 'catalog', '--note', 'no products');
  const statusOf = (json: unknown) =>
    Object.fromEntries(
      (json as { schedules: { pipeline: string; status: string }[] }).schedules.map(({ pipeline, status }) => [
        pipeline,
        status,
      ]),
    );
  const paused = await waterclock('schedule', 'pause', '--all', '--note', 'resize');
  expect(statusOf(paused.json)).toEqual({ readings: 'paused', minibuses: 'paused', catalog: 'paused already' });
  const state = async (name: string) =>
    (await deployment.client.schedule.getHandle(`waterclock-${name}`).describe()).state;
  expect(await state('readings')).toMatchObject({ paused: true, note: 'paused with all: resize' });
  // what is applied stays paused, and is still known as paused with all
  await waterclock('schedule', 'apply', 'readings');
  await waterclock('schedule', 'pause', 'minibuses', '--note', 'the bucket moves');

  const resumed = await waterclock('schedule', 'resume', '--all');
  expect(statusOf(resumed.json)).toEqual({ readings: 'resumed', minibuses: 'left paused', catalog: 'left paused' });
  expect([(await state('readings')).paused, await state('catalog')]).toMatchObject([false, { note: 'no products' }]);
  expect(statusOf((await waterclock('schedule', 'resume', '--all')).json)['readings']).toBe('on already');
  for (const name of ['minibuses', 'catalog']) await waterclock('schedule', 'resume', name);

  expect((await waterclock('schedule', 'pause')).stderr).toContain('name a pipeline, or say --all');
  expect(await waterclock('schedule', 'pause', 'catalog', '--all')).toMatchObject({ code: 2 });
});

test('a start off the grid is the run of the last complete interval', async () => {
  const handle = deployment.client.schedule.getHandle('waterclock-minibuses');
  // what it loads is built elsewhere
  await handle.update(({ action, ...rest }) => ({
    ...rest,
    action: { ...action, args: [{ ...(action.args?.[0] as object), dbt: 'skip' }] },
  }));
  await waterclock('schedule', 'trigger', 'minibuses');
  await expect
    .poll(async () => (await handle.describe()).info.recentActions.at(-1)?.action.workflow.workflowId, {
      timeout: 10_000,
    })
    .toMatch(/^minibuses-/);
  const byHand = (await handle.describe()).info.recentActions.at(-1)?.action.workflow.workflowId ?? '';
  const result = (await deployment.client.workflow.getHandle(byHand).result()) as RunResult;
  const last = lastComplete({ every: 3_600_000, offset: 300_000 }, Date.now()).end;
  expect(result.run.workflowId).toBe(`minibuses-${last}`);
  expect(byHand).not.toBe(`minibuses-${last}`);
  const run = deployment.client.workflow.getHandle(`minibuses-${last}`);
  expect((await run.describe()).typedSearchAttributes.get(attributes.Trigger)).toBe('manual');
  await waterclock('schedule', 'apply');
});

test('a schedule without a definition is told, and deleted when asked', async () => {
  await deployment.client.schedule.create({
    scheduleId: 'waterclock-gone',
    spec: { intervals: [{ every: 3_600_000 }] },
    action: { type: 'startWorkflow', workflowType: 'pipelineRun', taskQueue: 'none' },
    state: { paused: true },
  });
  const statusOf = async (...words: string[]) => {
    const { json } = await waterclock('schedule', 'apply', ...words);
    return (json as { schedules: { schedule: string; status: string }[] }).schedules.find(
      ({ schedule }) => schedule === 'waterclock-gone',
    )?.status;
  };
  await expect.poll(() => statusOf(), { timeout: 10_000 }).toBe('unknown');
  expect(await statusOf('--prune')).toBe('pruned');
  await expect.poll(() => statusOf(), { timeout: 10_000 }).toBeUndefined();
  await deleteSchedules();
});

test('the next interval is the one after the newest loaded', async () => {
  const { json } = await waterclock('run', 'readings', '--dry-run');
  expect(json).toMatchObject({ run: 'readings-2018-01-31T03:00:00Z' });
});

test('an ingestor leaves its interval unprocessed, and goes on to the next', async () => {
  const words = ['--until-step', 'extract', '--wait'];
  expect(await waterclock('run', 'readings', ...words)).toMatchObject({ code: 0, json: { status: 'completed' } });
  const { json } = await waterclock('run', 'readings', '--dry-run');
  expect(json).toMatchObject({ run: 'readings-2018-01-31T03:00:00Z' });
  const next = await waterclock('run', 'readings', '--until-step', 'extract', '--dry-run');
  expect(next.json).toMatchObject({ run: 'readings-2018-01-31T04:00:00Z' });
});

test('a snapshot is run once for its last complete interval', async () => {
  const words = ['run', 'catalog', '--dbt', 'skip', '--wait'];
  const run = 'catalog-2022-11-25T00:00:00Z';
  expect(await waterclock(...words)).toMatchObject({ code: 0, json: { run, status: 'completed' } });
  expect(await waterclock(...words)).toMatchObject({
    code: 0,
    json: { pipeline: 'catalog', run, status: 'nothing to do' },
  });
  const past = await waterclock('run', 'catalog', '--interval', '2022-11-20');
  expect(past.code).toBe(2);
  expect(past.stderr).toContain('catalog is a snapshot and has no past');
});

test('a backfill runs what is not loaded, its result is one object, and again it finds all loaded', async () => {
  const range = ['--from', '2018-01-31T01:00Z', '--to', '2018-01-31T05:00Z'];
  const words = ['backfill', 'create', 'readings', ...range, '--dbt', 'skip', '--wait'];
  const first = await waterclock(...words);
  expect(first.stderr).toContain('readings 4/4');
  const result = { pipeline: 'readings', total: 4, succeeded: 4, failed: [] };
  expect(first).toMatchObject({ code: 0, json: { ...result, started: 3, loadedEarlier: 1 } });
  expect((await waterclock(...words)).json).toMatchObject({ ...result, started: 0, loadedEarlier: 4 });
  const { json: listed } = await waterclock('backfill', 'list');
  const backfill = 'backfill-readings-2018-01-31T01:00:00Z-2018-01-31T05:00:00Z';
  expect(listed).toContainEqual(expect.objectContaining({ backfill, status: 'completed' }));
  expect(await waterclock('backfill', 'status', backfill)).toMatchObject({
    code: 0,
    json: { backfill, status: 'completed' },
  });
  expect(await waterclock('backfill', 'pause', 'readings')).toMatchObject({ code: 2 });
  // the backfill itself is no run
  const { count } = await deployment.client.workflow.count('Pipeline = "readings" AND WorkflowType <> "pipelineRun"');
  expect(count).toBe(0);
});

test('late names what is past its deadline, a run that is not there is neither cancelled nor resolved', async () => {
  const { code, json } = await waterclock('late', '--pipeline', 'minibuses');
  const { late, months } = json as { late: { run: string; state: string; lateMs: number }[]; months: unknown[] };
  expect(code).toBe(0);
  expect(late[0]).toMatchObject({ run: expect.stringMatching(/^minibuses-2/), state: 'not loaded yet' });
  expect(months).toEqual([]);
  const none = 'readings-1999-01-01T00:00:00Z';
  expect(await waterclock('cancel', none)).toMatchObject({ code: 2 });
  expect(await waterclock('cancel', loaded)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has ended already'),
  });
  expect(await waterclock('resolve', none, 'retry')).toMatchObject({ code: 2 });
  expect((await waterclock('resolve', none, 'again')).stderr).toContain("retry, skip, fail, got 'again'");
});

test('a note says who and when, is shown with the run, and needs no history', { timeout: 120_000 }, async () => {
  const text = 'the feed had an outage';
  const noted = await waterclock('note', loaded, text, '--by', 'ana');
  expect(noted).toMatchObject({ code: 0, json: { run: loaded, by: 'ana', text } });
  const { json: shown } = await waterclock('show', loaded);
  expect(shown).toMatchObject({ notes: [{ by: 'ana', text, runId: (shown as { runId: string }).runId }] });
  const { json: runs } = await waterclock('runs', '--interval', '2018-01-31T01:00Z');
  expect(runs).toMatchObject([
    { run: loaded, notes: 1 },
    { run: loaded, notes: 0 },
  ]);
  const range = ['--from', '2018-01-31T01:00Z', '--to', '2018-01-31T03:00Z'];
  expect((await waterclock('grid', 'readings', ...range)).json).toMatchObject([{ notes: 1 }, { notes: 0 }]);

  const forgotten = 'readings-2018-01-31T04:00:00Z';
  const { workflowService } = deployment.client.connection as Connection;
  const { namespace } = deployment.client.options;
  await workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId: forgotten } });
  const { client } = deployment;
  await expect
    .poll(
      () =>
        client.workflow
          .getHandle(forgotten)
          .describe()
          .catch(() => 'forgotten'),
      { timeout: 60_000 },
    )
    .toBe('forgotten');
  expect(await waterclock('note', forgotten, text)).toMatchObject({ code: 0, json: { run: forgotten } });
  expect((await waterclock('show', forgotten)).json).toMatchObject({ run: forgotten, notes: [{ text }] });

  expect(await waterclock('note', 'readings-1999-01-01T00:00:00Z', text)).toMatchObject({ code: 2 });
  expect(await waterclock('note', 'dbt-local', text)).toMatchObject({ code: 2 });
});

test('runs and show tell what happened', async () => {
  const { json: runs } = await waterclock('runs', '--pipeline', 'readings', '--status', 'completed');
  expect(runs).toContainEqual(
    expect.objectContaining({ run: loaded, trigger: 'manual', status: 'completed', rejected: 0 }),
  );
  const { json: owned } = await waterclock('runs', '--owner', 'data-platform', '--tag', 'public', '--limit', '200');
  const names = (owned as { pipeline: string; owner: string }[]).map(({ pipeline, owner }) => `${pipeline} ${owner}`);
  expect(new Set(names)).toEqual(new Set(['readings data-platform']));
  expect((await waterclock('runs', '--tag', 'finance')).stderr).toContain("no pipeline has the tag 'finance'");
  const { json: shown } = await waterclock('show', loaded);
  expect(shown).toMatchObject({
    run: loaded,
    status: 'completed',
    details: expect.stringContaining('| extract | done |') as string,
    ledger: {
      run_executions: [{ status: 'completed' }],
      handler_executions: [{ entity: 'readings', status: 'loaded' }],
    },
  });
  expect(await waterclock('show', 'readings-1999-01-01T00:00:00Z')).toMatchObject({ code: 2 });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { world, type World } from '../support/world.js';

let service: World;
beforeAll(async () => {
  service = await world({ WATERCLOCK_SNAPSHOT_AT: '2022-11-25T02:00:00Z', WATERCLOCK_USER: 'ada' });
  await service.startWorker();
}, 90_000);
afterAll(() => service?.close());

const hour = (at: number) => `2018-02-01T0${at}:00:00Z`;
const run = (at: number) => `readings-${hour(at)}`;
const note = 'the observatory sent nothing';

async function forget(workflowId: string): Promise<void> {
  const { client } = service;
  const { namespace } = client.options;
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } });
  const isKnown = () =>
    client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        () => true,
        () => false,
      );
  await expect.poll(isKnown, { timeout: 100_000, interval: 500 }).toBe(false);
}

test('an interval is marked as done, with who and why; a dry run writes nothing', async () => {
  const words = ['mark', run(2), 'done', '--note', note];
  expect(await service.waterclock(...words, '--dry-run')).toMatchObject({
    code: 0,
    json: { status: 'dry run', by: 'ada' },
  });
  expect((await service.waterclock('show', run(2))).code).toBe(2);
  const marked = await service.waterclock(...words);
  const interval = { start: hour(1), end: hour(2) };
  expect(marked).toMatchObject({ code: 0, json: { run: run(2), interval, status: 'marked', by: 'ada', note } });
  expect(await service.query(`select status, marked_by, note from monitor_db.run_executions_latest`)).toEqual([
    { status: 'marked', marked_by: 'ada', note },
  ]);
  const shown = await service.waterclock('show', run(2));
  expect(shown.json).toMatchObject({ status: 'marked', mark: { by: 'ada', note } });
  expect((await service.waterclock('runs', '--status', 'marked')).json).toMatchObject([
    { run: run(2), status: 'marked' },
  ]);
  const grid = await service.waterclock('grid', 'readings', '--from', hour(1), '--to', hour(2));
  expect(grid.json).toMatchObject([{ run: run(2), status: 'marked', failed: null }]);
});

test.each([
  [['mark', run(2), 'undone', '--note', note], /marked as done, got 'undone'/],
  [['mark', run(2), 'done'], /say why the interval is done: --note/],
  [['mark', 'nonsense', 'done', '--note', note], /'nonsense' is not the name of a run/],
  [['mark', 'readings-2018-02-01T02:30:00Z', 'done', '--note', note], /has no interval that ends at/],
  [['mark', 'readings-2999-02-01T02:00:00Z', 'done', '--note', note], /is not due before/],
])('%j is refused', async (words, message) => {
  const { code, stderr } = await service.waterclock(...words);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(message) as string });
});

test('a backfill leaves a marked interval alone; one that loaded cannot be marked', async () => {
  const words = ['backfill', 'create', 'readings', '--from', hour(1), '--to', hour(4), '--dbt', 'skip', '--wait'];
  expect((await service.waterclock(...words)).json).toMatchObject({ total: 3, loadedEarlier: 1, started: 2 });
  const refused = await service.waterclock('mark', run(3), 'done', '--note', note);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('has loaded') as string });
});

test('a run that Temporal has forgotten is retried from the ledger, and from the lake alone', async () => {
  await forget(run(3));
  const retry = (...words: string[]) => service.waterclock('retry', ...words, '--dbt', 'skip');
  expect((await retry(run(3))).stderr).toMatch(/completed: name the step to begin with by --from-step/);
  const range = ['readings', '--from', hour(1), '--to', hour(4), '--from-step', 'copy'];
  expect((await retry(...range, '--dry-run')).json).toMatchObject({ runs: 2 });
  const again = await retry(run(3), '--from-step', 'parquet', '--wait');
  expect(again).toMatchObject({ code: 0, json: { status: 'completed' } });

  await forget(run(4));
  const row = `from monitor_db.run_executions where workflow_id = '${run(4)}'`;
  const [{ run_id: source } = {}] = await service.query(`select run_id ${row}`);
  await service.administer(`delete ${row}`);
  const planned = await retry(run(4), '--from-step', 'validate', '--dry-run');
  expect(planned.json).toMatchObject({ input: { from: 'validate', source, interval: { start: hour(3) } } });
  expect(await retry(run(4), '--from-step', 'validate', '--wait')).toMatchObject({ json: { status: 'completed' } });
}, 240_000);

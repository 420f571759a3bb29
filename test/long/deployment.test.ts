import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { world, type World } from '../support/world.js';

const timeout = 240_000;
const run = 'readings-2018-02-01T01:00:00Z';
let service: World;
beforeAll(async () => {
  service = await world({ WATERCLOCK_DEPLOYMENT: 'waterclock' });
}, 90_000);
afterAll(() => service?.close());

const worker = (buildId: string, roles: string) =>
  service.startWorker({ WATERCLOCK_BUILD_ID: buildId, WATERCLOCK_ROLES: roles });
const deployment = (...words: string[]) => service.waterclock('deployment', ...words);
const all = 'workflows,ingest,warehouse,transform';

test('a deployment whose workers never came has no version', async () => {
  expect((await deployment('show')).json).toEqual({ deployment: 'waterclock', current: null, versions: [] });
  const { code, stderr } = await deployment('current', 'one');
  expect(code).toBe(1);
  expect(stderr).toContain('no worker of one has asked for anything; known versions: none');
});

test('a worker of a deployment must say which version it is', async () => {
  await expect(service.startWorker()).rejects.toThrow('WATERCLOCK_BUILD_ID is not set');
});

test('a run that began with one version ends with the next, once that is current', { timeout }, async () => {
  // as long as one queue is left alone the version gets no tasks
  await worker('sha256:one', 'workflows,ingest');
  // the server hears of a worker's queues one after the other
  await expect
    .poll(() => deployment('current', 'sha256:one'), { timeout: 20_000 })
    .toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        / asks \S+-warehouse for steps, \S+-transform for steps; known versions: sha256:one;/,
      ),
    });
  const others = await worker('sha256:one', 'warehouse,transform');
  expect((await deployment('current', 'sha256:one', '--wait', '2')).json).toEqual({
    deployment: 'waterclock',
    current: 'sha256:one',
    before: null,
  });
  others.kill('SIGTERM');
  await once(others, 'exit');

  await service.waterclock('run', 'readings', '--interval', '2018-02-01T00:00Z', '--dbt', 'skip');
  const handle = service.client.workflow.getHandle(run);
  const pending = async () =>
    ((await handle.describe()).raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name);
  await expect.poll(pending, { timeout: 30_000 }).toEqual(['copy']);
  const backlog = async () => {
    const measures = (await service.waterclock('metrics')).json as { metric: string; queue: string; value: number }[];
    return measures.find(({ metric, queue }) => metric === 'Backlog' && queue?.endsWith('-warehouse'))?.value;
  };
  await expect.poll(backlog, { timeout: 20_000 }).toBe(1);

  await worker('sha256:two', all);
  expect((await deployment('current', 'sha256:two', '--wait', '2')).json).toMatchObject({
    current: 'sha256:two',
    before: 'sha256:one',
  });
  const { findings } = (await service.waterclock('doctor')).json as { findings: { check: string; found: string }[] };
  expect(findings.find(({ check }) => check === 'deployment')?.found).toBe('sha256:two takes the tasks of waterclock');
  await expect(handle.result()).resolves.toMatchObject({ entities: { readings: { rejected: 0 } } });
  const { events } = await handle.fetchHistory();
  const tasks = (events ?? []).flatMap(
    ({ workflowTaskCompletedEventAttributes: task }) => task?.deploymentVersion?.buildId ?? [],
  );
  expect([...new Set(tasks)]).toEqual(['sha256:one', 'sha256:two']);
  expect((await deployment('show')).json).toMatchObject({
    current: 'sha256:two',
    versions: [
      { buildId: 'sha256:two', status: 'current', unpolled: [] },
      { buildId: 'sha256:one', status: 'draining' },
    ],
  });
});

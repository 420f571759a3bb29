import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributes } from '../../model/attributes.js';
import { world, type World } from '../support/world.js';

let deployment: World;
let taskQueue: string;

beforeAll(async () => {
  deployment = await world();
  taskQueue = deployment.environment['WATERCLOCK_TASK_QUEUE'] ?? '';
  await deployment.waterclock('setup');
});
afterAll(() => deployment?.close());

const start = (type: string, workflowId: string, late = false) =>
  deployment.client.workflow.start(type, {
    workflowId,
    taskQueue,
    ...(late && { typedSearchAttributes: [{ key: attributes.Late, value: true }] }),
  });

const told = async () => {
  const { json } = await deployment.waterclock('metrics');
  const measures = json as { metric: string; value: number; queue: string | null }[];
  const own = measures.filter(({ queue }) => queue === null || queue === taskQueue);
  return Object.fromEntries(own.map(({ metric, value }) => [metric, value]));
};

test('what waits without a worker, what failed, is late or was missing is told', { timeout: 60_000 }, async () => {
  await start('pipelineRun', 'waits-1');
  await start('pipelineRun', 'waits-late', true);
  await (await start('pipelineRun', 'terminated')).terminate('a test');
  await start('alert', 'alert-late-never-started');
  await start('alert', 'alert-gap-found');
  const measured = async () => {
    const { Backlog = 0, BacklogPerWorker, ...rest } = await told();
    // the task of the terminated run may still wait for a worker to drop it
    return { ...rest, isWaiting: Backlog >= 4 && Backlog <= 5 && BacklogPerWorker === Backlog };
  };
  // visibility is written a moment after the fact
  await expect.poll(measured, { timeout: 30_000, interval: 1000 }).toEqual({
    isWaiting: true,
    Workers: 0,
    RunsFailed: 1,
    RunsLate: 2,
    GapsFilled: 1,
    RunsWithRejected: 0,
    WatchRuns: 0,
  });
});

test('every role has numbers of its own queue', async () => {
  const measures = (await deployment.waterclock('metrics')).json as { metric: string; queue: string | null }[];
  const queues = new Set(measures.flatMap(({ queue }) => queue ?? []));
  expect(queues).toEqual(new Set(['', '-ingest', '-warehouse', '-transform'].map((suffix) => taskQueue + suffix)));
});

test('a worker that polls is counted, and takes the backlog', { timeout: 120_000 }, async () => {
  const worker = await deployment.startWorker();
  await expect.poll(told, { timeout: 30_000, interval: 1000 }).toMatchObject({ Workers: 1, Backlog: 0 });
  worker.kill('SIGTERM');
  await once(worker, 'exit');
});

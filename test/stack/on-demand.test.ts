import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ahead, linger } from '../../control/on-demand/decide.js';
import { findWork } from '../../control/on-demand/find-work.js';
import { waking } from '../../control/on-demand/wake.js';
import type { Temporal } from '../../control/temporal.js';
import { world, type World } from '../support/world.js';

let deployment: World;
let temporal: Temporal;
let ecs: Server;
/** what ECS is asked for, and what it then has */
const desired = new Map([['worker', 0]]);
const asked: string[] = [];

beforeAll(async () => {
  ecs = createServer((request, response) => void answer(request).then((body) => response.end(JSON.stringify(body))));
  await new Promise<void>((resolve) => ecs.listen(0, '127.0.0.1', resolve));
  const { port } = ecs.address() as AddressInfo;
  deployment = await world({ AWS_ENDPOINT_URL_ECS: `http://127.0.0.1:${port}` });
  const namespace = deployment.environment['TEMPORAL_NAMESPACE'] ?? '';
  const connection = await Connection.connect({ address: deployment.environment['TEMPORAL_ADDRESS'] ?? '' });
  temporal = { client: deployment.client, connection, namespace };
});
afterAll(async () => {
  ecs?.close();
  await temporal?.connection.close();
  await deployment?.close();
});

async function answer(request: IncomingMessage): Promise<object> {
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const body = JSON.parse(await text(request)) as { services?: string[]; service?: string; desiredCount?: number };
  asked.push(`${operation} ${body.service ?? body.services?.join()}`);
  if (body.service !== undefined) desired.set(body.service, body.desiredCount ?? 0);
  return {
    services: (body.services ?? []).flatMap((serviceName) => {
      const desiredCount = desired.get(serviceName);
      return desiredCount === undefined ? [] : [{ serviceName, desiredCount }];
    }),
  };
}

const start = (type: string, workflowId: string, taskQueue: string) =>
  temporal.client.workflow.start(type, { workflowId, taskQueue });
/** visibility is written a moment after the fact */
const work = (now = Date.now()) => expect.poll(() => findWork(temporal, now), { timeout: 30_000, interval: 200 });

test('what waits for a worker is found, but for the watch, whose time is', async () => {
  const run = await start('pipelineRun', 'waits', 'nobody');
  await work(1_000_000).toEqual({ nextTask: 1_000_000 });
  const watch = await start('watch', 'watches', 'nobody');
  const { startTime } = await watch.describe();
  await work(1_000_000).toEqual({ nextTask: 1_000_000, watchWaits: startTime.getTime() });
  await run.terminate();
  await work().toEqual({ watchWaits: startTime.getTime() });
  await watch.terminate();
  await work().toEqual({});
});

test('a step under way is found; one that is tried again later, by its time', async () => {
  const { connection, namespace } = temporal;
  const { workflowService: service } = connection;
  const taskQueue = { name: 'by-hand' };
  const run = await start('pipelineRun', 'steps', taskQueue.name);
  onTestFinished(async () => void (await run.terminate()));
  const poll = { namespace, taskQueue, identity: 'by hand' };
  const within = <T>(ask: () => Promise<T>) => connection.withDeadline(Date.now() + 30_000, ask);
  const { taskToken } = await within(() => service.pollWorkflowTaskQueue(poll));
  await service.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    commands: [
      {
        commandType: 1,
        scheduleActivityTaskCommandAttributes: {
          activityId: '1',
          activityType: { name: 'step' },
          taskQueue,
          startToCloseTimeout: { seconds: 3600 as never },
          scheduleToCloseTimeout: { seconds: 36_000 as never },
          retryPolicy: { initialInterval: { seconds: 1800 as never } },
        },
      },
    ],
  });
  // nobody has it yet
  const waited = await findWork(temporal, Date.now());
  expect(waited.nextTask).toBeLessThanOrEqual(Date.now());
  const step = await within(() => service.pollActivityTaskQueue(poll));
  await work(5_000_000).toEqual({ nextTask: 5_000_000 });
  await service.respondActivityTaskFailed({
    namespace,
    taskToken: step.taskToken,
    failure: { message: 'later', applicationFailureInfo: { type: 'Later' } },
  });
  const { nextTask = 0 } = await findWork(temporal, Date.now());
  expect(nextTask).toBeGreaterThan(Date.now() + 1_600_000);
  expect(nextTask).toBeLessThan(Date.now() + 2_000_000);
});

test('the next start of a schedule is found, not of the watch, and not of one that is paused', async () => {
  const { schedule } = temporal.client;
  await work().toEqual({});
  const every = (scheduleId: string, ms: number) =>
    schedule.create({
      scheduleId,
      spec: { intervals: [{ every: ms }] },
      action: { type: 'startWorkflow', workflowType: 'pipelineRun', taskQueue: 'nobody' },
    });
  const day = 86_400_000;
  const daily = await every('schedule-daily', day);
  const watch = await every('watch', 300_000);
  const now = Date.now();
  await work(now).toEqual({ nextStart: Math.ceil(now / day) * day });
  await daily.pause();
  await work(now).toEqual({});
  await daily.delete();
  await watch.delete();
});

test('services are started when something waits, and stopped when nothing did for a while', async () => {
  const changes: boolean[] = [];
  const look = waking({
    areUp: () => Promise.resolve(changes.at(-1) ?? false),
    setWanted(wanted) {
      if (wanted !== (changes.at(-1) ?? false)) changes.push(wanted);
      return Promise.resolve([]);
    },
  });
  const from = Date.now();
  await look(temporal, from);
  expect(changes).toEqual([]);
  const run = await start('pipelineRun', 'woken', 'nobody');
  await work().toHaveProperty('nextTask');
  await look(temporal, from + ahead);
  expect(changes).toEqual([true]);
  await look(temporal, from + ahead + linger);
  expect(changes).toEqual([true]);
  await run.terminate();
  await work().toEqual({});
  await look(temporal, from + ahead + 2 * linger - 1);
  expect(changes).toEqual([true]);
  await look(temporal, from + ahead + 2 * linger);
  expect(changes).toEqual([true, false]);
});

test('the command starts a service by ECS, reports it, and asks for nothing that is so already', async () => {
  const command = () => deployment.waterclock('metrics', '--on-demand', 'cluster/worker=2');
  const wanted = async () =>
    ((await command()).json as { metric: string; value: number }[]).find(({ metric }) => metric === 'WorkersWanted')
      ?.value;
  expect(await wanted()).toBe(0);
  const run = await start('pipelineRun', 'asks', 'nobody');
  await work().toHaveProperty('nextTask');
  const { stderr } = await command();
  expect(stderr).toContain('worker: 0 to 2 tasks');
  expect(desired.get('worker')).toBe(2);
  asked.length = 0;
  expect(await wanted()).toBe(1);
  expect(asked.every((one) => one === 'DescribeServices worker')).toBe(true);
  await run.terminate();
});

test('a service that is not there, and services that cannot be read, are named', async () => {
  const { code, stderr } = await deployment.waterclock('metrics', '--on-demand', 'cluster/other=1');
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has no service other') as string,
  });
  const unread = await deployment.waterclock('metrics', '--on-demand', 'worker');
  expect(unread).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('must be like cluster/service=2') as string,
  });
});

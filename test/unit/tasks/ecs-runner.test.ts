import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient, ListTasksCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEcsLocal, type EcsLocal, type Fault } from '../../../ecs-local/index.js';
import { ecsRunner } from '../../../tasks/ecs-runner.js';
import type { TaskOrder } from '../../../tasks/runner.js';
import { follow, readFrom, runnerContract, type Stage } from './runner-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-ecs-'));
const settings = { cluster: 'default', subnets: ['subnet-0a'], securityGroups: [], families: 'test-' };
let local: EcsLocal;
let stage: Stage;
let ecs: ECSClient;
let results = 0;

async function register(family: string, changes: object = {}, memory = '512'): Promise<void> {
  const options = { 'awslogs-group': '/tasks', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'task' };
  const main = { name: 'main', image: 'etl:1', logConfiguration: { logDriver: 'awslogs' as const, options } };
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory,
      executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
      containerDefinitions: [{ ...main, stopTimeout: 1, ...changes }],
    }),
  );
}

beforeAll(async () => {
  const environment = { PATH: process.env['PATH'] ?? '', RESULTS: folder };
  local = await startEcsLocal({ images: { etl: { folder: resolve('test/support') } }, environment, pace: 5 });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const options = { endpoint: local.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  ecs = new ECSClient(options);
  const logs = new CloudWatchLogsClient(options);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/tasks' }));
  await register('contract');
  const read = readFrom(folder);
  stage = {
    runner: ecsRunner({ settings, read, clients: { ecs, logs }, lookEvery: 20 }),
    command: (...does) => ({
      command: ['node', 'task-program.mjs', ...does],
      container: { family: 'contract', cpu: 256, memory: 512 },
      resultAt: { bucket: 'raw', key: `result-${++results}` },
    }),
    started: () => local.started(),
  };
});
afterAll(async () => {
  await local?.close();
  rmSync(folder, { recursive: true, force: true });
});

runnerContract('a task of ECS', () => stage);

const on = (family: string): Stage => ({
  ...stage,
  command: (...does) => ({ ...stage.command(...does), container: { family, cpu: 256, memory: 512 } }),
});

test.each<[Fault, string, string]>([
  ['capacity', 'TransientError', 'ECS has no capacity for the program: Capacity is unavailable at this time'],
  ['spot', 'TransientError', 'the program lost its Spot capacity'],
  ['pull', 'TransientError', 'the program did not start, its image could not be pulled: CannotPullContainerError'],
  ['failed to start', 'TransientError', 'the program did not start: ResourceInitializationError'],
])('what passes is tried again: %s', async (fault, name, message) => {
  local.ask(fault);
  expect((await follow(stage, ['sleep=5000'])).error).toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
});

test('an image that is not there fails at once', async () => {
  await register('elsewhere', { image: 'not-there:2' });
  expect((await follow(on('elsewhere'), ['exit=0'])).error).toMatchObject({
    name: 'TaskRefused',
    message: expect.stringMatching(/^the program did not start, its image is not there, .*not-there:2: not found/),
  });
});

test.skipIf(process.platform !== 'linux')(
  'a task that needs more memory fails at once, and its message names what it had',
  async () => {
    await register('hungry', { memory: 120 });
    const hungry = {
      ...on('hungry'),
      command: () => ({
        ...on('hungry').command(),
        command: ['node', '-e', 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 5)'],
      }),
    };
    expect((await follow(hungry, [])).error).toMatchObject({
      name: 'TaskFailed',
      message: 'the program took more memory than its 120 MiB: raise `memory` of the task',
    });
  },
);

test.each<[string, Partial<TaskOrder>, string]>([
  ['a task definition', { container: { family: 'none', cpu: 256, memory: 512 } }, 'TaskDefinition not found'],
  ['overrides that are too large', { environment: { LONG: 'x'.repeat(8_200) } }, 'at most 8192'],
])('ECS refuses it for good: %s', async (_, order, message) => {
  expect((await follow(stage, ['exit=0'], { order })).error).toMatchObject({
    name: 'TaskRefused',
    message: expect.stringContaining(message),
  });
});

test('a task whose start was answered by nothing is found by the next attempt, and was started once', async () => {
  const before = local.started();
  local.ask('lost answer');
  const order = { ...stage.command('out=here'), id: 'lost-extract-1' };
  expect((await follow(stage, [], { order })).error).toMatchObject({ name: 'TransientError' });
  const { lines, error } = await follow(stage, [], { order });
  expect([error, lines, local.started() - before]).toEqual([undefined, ['here'], 1]);
});

test('a task is found on ECS by the run that it is of', async () => {
  const { runner } = stage;
  const order = {
    ...stage.command('sleep=60000'),
    id: 'run/1-extract-1',
    name: 'x',
    environment: {},
    grace: 1,
    keepsStdout: false,
  };
  const handle = await runner.start(order);
  const { taskArns } = await ecs.send(new ListTasksCommand({ startedBy: 'run/1-extract-1' }));
  expect(taskArns).toEqual([handle]);
  await runner.stop(handle, 'the test ends');
});

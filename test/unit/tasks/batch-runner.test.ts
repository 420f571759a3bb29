import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BatchClient, RegisterJobDefinitionCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEcsLocal, type EcsLocal, type Fault } from '../../../ecs-local/index.js';
import { batchRunner } from '../../../tasks/batch-runner.js';
import type { TaskOrder } from '../../../tasks/runner.js';
import { follow, readFrom, runnerContract, type Stage } from './runner-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-batch-'));
let local: EcsLocal;
let stage: Stage;
let batch: BatchClient;
let results = 0;

async function register(jobDefinitionName: string, changes: { image?: string; memory?: string } = {}): Promise<void> {
  const { image = 'etl:1', memory = '512' } = changes;
  const resourceRequirements = [
    { type: 'VCPU' as const, value: '0.25' },
    { type: 'MEMORY' as const, value: memory },
  ];
  const containerProperties = { image, resourceRequirements };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', containerProperties }));
}

beforeAll(async () => {
  const environment = { PATH: process.env['PATH'] ?? '', RESULTS: folder };
  local = await startEcsLocal({ images: { etl: { folder: resolve('test/support') } }, environment, pace: 5 });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const options = { endpoint: local.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  batch = new BatchClient(options);
  const logs = new CloudWatchLogsClient(options);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/batch/job' }));
  await register('contract');
  const read = readFrom(folder);
  const settings = { queue: 'default', definitions: 'test-' };
  stage = {
    runner: batchRunner({ settings, read, clients: { batch, once: batch, logs }, lookEvery: 20 }),
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

// its grace is thirty seconds, which no test waits for
runnerContract('a job of Batch', () => stage, { hasGrace: false });

test.each<[Fault, string, string]>([
  ['spot', 'TransientError', 'the program lost its Spot capacity: Host EC2'],
  ['pull', 'TransientError', 'the program did not start, its image could not be pulled: CannotPullContainerError'],
  ['failed to start', 'TransientError', 'the program did not start: ResourceInitializationError'],
])('what passes is tried again: %s', async (fault, name, message) => {
  local.ask(fault);
  expect((await follow(stage, ['sleep=5000'])).error).toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
});

const on = (family: string): Partial<TaskOrder> => ({ container: { family, cpu: 256, memory: 512 } });

test('an image that is not there fails at once', async () => {
  await register('elsewhere', { image: 'not-there:2' });
  expect((await follow(stage, ['exit=0'], { order: on('elsewhere') })).error).toMatchObject({
    name: 'TaskRefused',
    message: expect.stringMatching(/^the program did not start, its image is not there, .*not-there:2: not found/),
  });
});

test.skipIf(process.platform !== 'linux')('a job that needs more memory fails at once, with what it had', async () => {
  await register('hungry', { memory: '120' });
  const grow = 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 5)';
  expect((await follow(stage, [], { order: { ...on('hungry'), command: ['node', '-e', grow] } })).error).toMatchObject({
    name: 'TaskFailed',
    message: 'the program took more memory than its 120 MiB: raise `memory` of its job definition',
  });
});

test('a job definition that is not there fails at once', async () => {
  expect((await follow(stage, ['exit=0'], { order: on('none') })).error).toMatchObject({
    name: 'TaskRefused',
    message: expect.stringContaining('JobDefinition none not found'),
  });
});

test('a job whose start was answered by nothing is found by the next attempt, and was started once', async () => {
  const before = local.started();
  local.ask('lost answer');
  const order = { ...stage.command('out=here'), id: 'lost-extract-1' };
  expect((await follow(stage, [], { order })).error).toMatchObject({ name: 'TransientError' });
  const { lines, error } = await follow(stage, [], { order });
  expect([error, lines, local.started() - before]).toEqual([undefined, ['here'], 1]);
});

test.each([
  [{ jobName: 'a b' }, 'Job name should match valid pattern'],
  [{ jobQueue: 'none' }, 'JobQueue none not found'],
  [{ timeout: { attemptDurationSeconds: 5 } }, 'at least 60 seconds'],
])('the local Batch refuses what Batch refuses: %j', async (changes, says) => {
  const input = { jobName: 'a', jobQueue: 'default', jobDefinition: 'contract', ...changes };
  await expect(batch.send(new SubmitJobCommand(input))).rejects.toMatchObject({
    name: 'ClientException',
    message: expect.stringContaining(says),
  });
});

import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateLogGroupCommand,
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEcsLocal, type EcsLocal } from '../../../ecs-local/index.js';

let local: EcsLocal;
let ecs: ECSClient;
let logs: CloudWatchLogsClient;

const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a'] } };
const fargate = { launchType: 'FARGATE' as const, networkConfiguration };
const sized: RegisterTaskDefinitionCommandInput = {
  family: 'etl',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
  containerDefinitions: [
    {
      name: 'main',
      image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/etl:1',
      command: ['node', 'task-program.mjs', 'out=hello', 'exit=0'],
      environment: [{ name: 'FROM', value: 'definition' }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/etl', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'task' },
      },
      stopTimeout: 1,
    },
  ],
};

beforeAll(async () => {
  local = await startEcsLocal({
    images: { etl: { folder: resolve('test/support') } },
    environment: { PATH: process.env['PATH'] ?? '' },
    pace: 10,
    clusters: ['default', 'etl'],
  });
  const options = {
    endpoint: local.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  ecs = new ECSClient(options);
  logs = new CloudWatchLogsClient(options);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/etl' }));
  await ecs.send(new RegisterTaskDefinitionCommand(sized));
});
afterAll(async () => {
  await local?.close();
});

const run = (more: Partial<RunTaskCommandInput> = {}) =>
  ecs.send(new RunTaskCommand({ taskDefinition: 'etl', ...fargate, ...more }));
const override = (...does: string[]) => ({
  overrides: { containerOverrides: [{ name: 'main', command: ['node', 'task-program.mjs', ...does] }] },
});
async function begun(more: Partial<RunTaskCommandInput> = {}): Promise<string> {
  const { tasks = [] } = await run(more);
  return tasks[0]?.taskArn ?? '';
}
async function look(task: string) {
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: [task] }));
  return tasks[0];
}
async function until(task: string, state: string) {
  for (;;) {
    const seen = await look(task);
    if (seen?.lastStatus === state) return seen;
    await sleep(20);
  }
}
const linesOf = async (task: string, more: object = {}) => {
  const logStreamName = `task/main/${task.slice(-32)}`;
  const input = { logGroupName: '/etl', logStreamName, startFromHead: true, ...more };
  return logs.send(new GetLogEventsCommand(input));
};

test('a task runs its program, from PROVISIONING to STOPPED, and its lines are a log stream', async () => {
  const { tasks: [task] = [], failures } = await run({ startedBy: 'waterclock' });
  expect([failures, task?.lastStatus, task?.desiredStatus]).toEqual([[], 'PROVISIONING', 'RUNNING']);
  const ended = await until(task?.taskArn ?? '', 'STOPPED');
  expect(ended).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    startedBy: 'waterclock',
    launchType: 'FARGATE',
    containers: [{ name: 'main', exitCode: 0, lastStatus: 'STOPPED' }],
  });
  const { events } = await linesOf(task?.taskArn ?? '');
  expect(events?.map(({ message }) => message)).toEqual(['hello']);
});

test("overrides replace the command and add variables; an exit code is the program's", async () => {
  const overrides = {
    containerOverrides: [
      {
        name: 'main',
        command: ['sh', '-c', 'echo $FROM $MORE; exit 7'],
        environment: [{ name: 'MORE', value: 'yes' }],
      },
    ],
  };
  const task = await begun({ overrides });
  expect((await until(task, 'STOPPED')).containers?.[0]?.exitCode).toBe(7);
  expect((await linesOf(task)).events?.map(({ message }) => message)).toEqual(['definition yes']);
});

test('StopTask sends SIGTERM, and SIGKILL after the stopTimeout', async () => {
  const polite = await begun(override('polite', 'out=begins', 'sleep=60000'));
  await expect.poll(async () => (await linesOf(polite).catch(() => undefined))?.events?.length).toBe(1);
  const { task } = await ecs.send(new StopTaskCommand({ task: polite, reason: 'no longer wanted' }));
  expect(task?.desiredStatus).toBe('STOPPED');
  expect(await until(polite, 'STOPPED')).toMatchObject({
    stopCode: 'UserInitiated',
    stoppedReason: 'no longer wanted',
    containers: [{ exitCode: 0 }],
  });
  const deaf = await begun(override('deaf', 'out=begins', 'sleep=60000'));
  await expect.poll(async () => (await linesOf(deaf).catch(() => undefined))?.events?.length).toBe(1);
  await ecs.send(new StopTaskCommand({ task: deaf }));
  expect((await until(deaf, 'STOPPED')).containers?.[0]?.exitCode).toBe(137);
});

test('one token starts one task, also when the answer was lost; with another request it is a conflict', async () => {
  const before = local.started();
  local.ask('lost answer');
  await expect(run({ clientToken: 'once' })).rejects.toThrow();
  const tasks = await Promise.all([begun({ clientToken: 'once' }), begun({ clientToken: 'once' })]);
  expect(new Set(tasks).size).toBe(1);
  await until(tasks[0] ?? '', 'STOPPED');
  expect(await begun({ clientToken: 'once' })).toBe(tasks[0]);
  expect(local.started() - before).toBe(1);
  await expect(run({ clientToken: 'once', startedBy: 'another' })).rejects.toMatchObject({
    name: 'ConflictException',
    resourceIds: [tasks[0]],
  });
});

test('tasks are listed by who started them; one that nobody knows is MISSING', async () => {
  const task = await begun({ startedBy: 'lister', ...override('sleep=60000') });
  const listed = (more: object) => ecs.send(new ListTasksCommand({ startedBy: 'lister', ...more }));
  expect((await listed({})).taskArns).toEqual([task]);
  await ecs.send(new StopTaskCommand({ task }));
  await until(task, 'STOPPED');
  expect((await listed({})).taskArns).toEqual([]);
  expect((await listed({ desiredStatus: 'STOPPED' })).taskArns).toEqual([task]);
  const { tasks, failures } = await ecs.send(new DescribeTasksCommand({ tasks: ['none'] }));
  expect([tasks, failures]).toEqual([[], [{ arn: 'none', reason: 'MISSING' }]]);
});

test.each<[string, Partial<RunTaskCommandInput>, string, string]>([
  ['an unknown definition', { taskDefinition: 'none' }, 'ClientException', 'TaskDefinition not found.'],
  ['an unknown cluster', { cluster: 'none' }, 'ClusterNotFoundException', 'Cluster not found.'],
  [
    'no network',
    { networkConfiguration: undefined },
    'InvalidParameterException',
    'Network Configuration must be provided',
  ],
  [
    'no subnet',
    { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
    'InvalidParameterException',
    'subnets can not be empty',
  ],
  [
    'too large overrides',
    override('x'.repeat(8_200)),
    'InvalidParameterException',
    'Container Overrides length must be at most 8192',
  ],
  [
    'an override of another container',
    { overrides: { containerOverrides: [{ name: 'other' }] } },
    'InvalidParameterException',
    'Override for container named other',
  ],
  ['a long startedBy', { startedBy: 'x'.repeat(129) }, 'InvalidParameterException', 'startedBy'],
  ['a long token', { clientToken: 'x'.repeat(65) }, 'InvalidParameterException', 'clientToken'],
  ['eleven tasks', { count: 11 }, 'InvalidParameterException', 'between 1 and 10'],
])('RunTask refuses %s', async (_, more, name, message) => {
  await expect(run(more)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});

test.each<[string, Partial<RegisterTaskDefinitionCommandInput>, string]>([
  [
    'a size that Fargate has not',
    { memory: '4096' },
    'No Fargate configuration exists for given values: 256 CPU, 4096 memory',
  ],
  ['another network mode', { networkMode: 'bridge' }, "Fargate only supports network mode 'awsvpc'"],
  ['logs without an execution role', { executionRoleArn: undefined }, 'to support log driver awslogs'],
  ['no container', { containerDefinitions: [] }, 'Container list cannot be empty'],
])('RegisterTaskDefinition refuses %s', async (_, more, message) => {
  await expect(ecs.send(new RegisterTaskDefinitionCommand({ ...sized, ...more }))).rejects.toMatchObject({
    name: 'ClientException',
    message: expect.stringContaining(message),
  });
});

test('a family names its newest revision, a number that one', async () => {
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ ...sized, family: 'revised' }));
  await ecs.send(new RegisterTaskDefinitionCommand({ ...sized, family: 'revised', cpu: '512', memory: '1024' }));
  const cpuOf = async (named: string) =>
    (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: named }))).taskDefinition?.cpu;
  expect([
    await cpuOf('revised'),
    await cpuOf('revised:1'),
    await cpuOf(taskDefinition?.taskDefinitionArn ?? ''),
  ]).toEqual(['512', '256', '256']);
});

test('what keeps a task from running has its own reason', async () => {
  const reasonOf = async (task: string) => {
    const { stopCode, stoppedReason = '' } = await until(task, 'STOPPED');
    return `${stopCode} ${stoppedReason}`;
  };
  const own = (family: string, changes: object) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        ...sized,
        family,
        containerDefinitions: [{ ...sized.containerDefinitions?.[0], ...changes }],
      }),
    );
  await own('elsewhere', { image: 'not-there:2' });
  expect(await reasonOf(await begun({ taskDefinition: 'elsewhere' }))).toMatch(
    /^TaskFailedToStart CannotPullContainerError: .*not-there:2: not found$/,
  );
  await own('secretive', { secrets: [{ name: 'TOKEN', valueFrom: 'arn:none' }] });
  expect(await reasonOf(await begun({ taskDefinition: 'secretive' }))).toMatch(
    /^TaskFailedToStart ResourceInitializationError: .*secret/,
  );
  await own('unlogged', {
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': '/none', 'awslogs-region': 'x', 'awslogs-stream-prefix': 'x' },
    },
  });
  expect(await reasonOf(await begun({ taskDefinition: 'unlogged' }))).toMatch(
    /^TaskFailedToStart ResourceInitializationError: .*log group/,
  );
  local.ask('failed to start');
  expect(await reasonOf(await begun())).toMatch(/^TaskFailedToStart ResourceInitializationError/);
  local.ask('spot');
  expect(await reasonOf(await begun(override('sleep=60000')))).toBe('SpotInterruption Your Spot Task was interrupted.');
  local.ask('capacity');
  expect(await run()).toMatchObject({
    tasks: [],
    failures: [{ reason: expect.stringContaining('Capacity is unavailable') }],
  });
});

test.skipIf(process.platform !== 'linux')('a task that takes more memory than it has is killed for it', async () => {
  const hungry = {
    containerOverrides: [
      {
        name: 'main',
        memory: 120,
        command: ['node', '-e', 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 5)'],
      },
    ],
  };
  const ended = await until(await begun({ overrides: hungry }), 'STOPPED');
  expect(ended.containers).toMatchObject([
    { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
  ]);
});

test('events are read page by page, and a token at the end stays what it is', async () => {
  const task = await begun(override('lines=25'));
  await until(task, 'STOPPED');
  const first = await linesOf(task, { limit: 10 });
  const second = await linesOf(task, { limit: 10, nextToken: first.nextForwardToken });
  const third = await linesOf(task, { limit: 10, nextToken: second.nextForwardToken });
  expect([first, second, third].map(({ events }) => events?.length)).toEqual([10, 10, 5]);
  const end = await linesOf(task, { limit: 10, nextToken: third.nextForwardToken });
  expect([end.events, end.nextForwardToken]).toEqual([[], third.nextForwardToken]);
  await expect(linesOf('0'.repeat(32))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: '/etl', logStreamNamePrefix: `task/main/${task.slice(-32)}` }),
  );
  expect(logStreams).toHaveLength(1);
  const logEvents = [2, 1].map((timestamp) => ({ timestamp, message: 'x' }));
  const logStreamName = logStreams?.[0]?.logStreamName;
  await expect(
    logs.send(new PutLogEventsCommand({ logGroupName: '/etl', logStreamName, logEvents })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

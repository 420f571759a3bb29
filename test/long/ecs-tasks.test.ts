import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEcsLocal, type EcsLocal } from '../../ecs-local/index.js';
import { cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { world, type World } from '../support/world.js';

let clone: Clone;
let service: World;
let worker: ChildProcess;
let local: EcsLocal;
let gates: string;

beforeAll(async () => {
  clone = cloneProgram();
  gates = join(clone.root, 'gates');
  mkdirSync(gates);
  writeFileSync(
    join(clone.root, 'test/project/waterclock.config.ts'),
    `import { taskPipelines } from '../support/task-pipelines.js';\nexport default { pipelines: taskPipelines('none', '${gates}') };\n`,
  );
  // its tasks have what their role would give them
  const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '' };
  local = await startEcsLocal({
    region: 'eu-central-1',
    images: { etl: { folder: join(clone.root, 'test/support') } },
    environment,
    secrets: { 'arn:export-token': 'planted' },
  });
  service = await world(
    {
      WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '3',
      AWS_ENDPOINT_URL_ECS: local.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: local.url,
      WATERCLOCK_ECS_CLUSTER: 'default',
      WATERCLOCK_ECS_SUBNETS: 'subnet-0a',
    },
    clone.root,
  );
  for (const name of ['AWS_REGION', 'AWS_ENDPOINT_URL_S3', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    environment[name] = service.environment[name] ?? '';
  environment['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const options = {
    endpoint: local.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  await new CloudWatchLogsClient(options).send(new CreateLogGroupCommand({ logGroupName: '/tasks' }));
  const logging = { 'awslogs-group': '/tasks', 'awslogs-region': 'x', 'awslogs-stream-prefix': 'task' };
  await new ECSClient(options).send(
    new RegisterTaskDefinitionCommand({
      family: 'waterclock-contained-extract',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
      containerDefinitions: [
        {
          name: 'main',
          image: 'etl:1',
          stopTimeout: 2,
          secrets: [{ name: 'TOKEN', valueFrom: 'arn:export-token' }],
          logConfiguration: { logDriver: 'awslogs', options: logging },
        },
      ],
    }),
  );
  await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
  worker = await service.startWorker({ WATERCLOCK_ROLES: 'ingest' });
}, 180_000);
afterAll(async () => {
  await service?.close();
  await local?.close();
  clone?.remove();
});

const begin = (interval: string, ...more: string[]) =>
  service.begin('run', 'contained', '--interval', interval, '--dbt', 'skip', '--wait', ...more);
const pids = () => readFileSync(join(gates, 'started'), 'utf8').trim().split('\n');

async function output(name: string): Promise<string[]> {
  const { json } = await service.waterclock('logs', name, '--step', 'extract');
  const lines = json as { isOutput?: true; attempt: number; text: string }[];
  return lines.filter(({ isOutput }) => isOutput).map(({ attempt, text }) => `${attempt} ${text}`);
}

test('a task with an image runs on ECS, its objects are loaded, its lines and counts shown', async () => {
  const name = 'contained-2022-11-24T11:00:00Z';
  expect((await begin('2022-11-24T10:00Z').ended).json).toMatchObject({ status: 'completed' });
  expect(await service.query('select id from contained.rows order by id')).toEqual([
    { id: 'a' },
    { id: 'b' },
    { id: 'c' },
  ]);
  expect(JSON.stringify((await service.waterclock('show', name)).json)).toContain(
    '2 files, 33 bytes; exported 3; epoch 1669284000',
  );
  expect(await output(name)).toEqual(['1 begins with planted, try 1']);
});

test.each([
  ['is killed', 'SIGKILL', '12'],
  ['is asked to end', 'SIGTERM', '13'],
] as const)(
  'a task whose worker %s goes on, and the next worker finds it: it is started once',
  async (_, signal, hour) => {
    const name = `contained-2022-11-24T${Number(hour) + 1}:00:00Z`;
    const before = local.started();
    const { ended } = begin(`2022-11-24T${hour}:00Z`, '--param', `gate=${signal}`);
    await expect.poll(() => output(name), { timeout: 30_000 }).toHaveLength(1);
    const [pid] = pids().slice(-1);
    worker.kill(signal);
    await eventually(() => worker.exitCode !== null || worker.signalCode !== null);
    expect(process.kill(Number(pid), 0)).toBe(true);
    worker = await service.startWorker({ WATERCLOCK_ROLES: 'ingest' });
    writeFileSync(join(gates, signal), '');
    expect((await ended).json).toMatchObject({ status: 'completed' });
    expect(local.started() - before).toBe(1);
    expect(await output(name)).toEqual(['1 begins with planted, try 1']);
  },
);

test('a cancelled run stops its task on ECS, and ends once it has ended', async () => {
  const name = 'contained-2022-11-24T15:00:00Z';
  const { ended } = begin('2022-11-24T14:00Z', '--param', 'gate=never');
  await expect.poll(() => output(name), { timeout: 30_000 }).toHaveLength(1);
  const [pid] = pids().slice(-1);
  await service.waterclock('cancel', name);
  await ended;
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  expect(await output(name)).toEqual(['1 begins with planted, try 1', '1 cleans up']);
});

test('Spot capacity that is lost is another try, with a prefix of its own', async () => {
  const before = local.started();
  local.ask('spot');
  expect((await begin('2022-11-24T15:00Z').ended).json).toMatchObject({ status: 'completed' });
  expect(local.started() - before).toBe(2);
  const where = "_interval_start = '2022-11-24T15:00:00Z'";
  expect(await service.query(`select count(*) as n from contained.rows where ${where}`)).toEqual([{ n: 3 }]);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEcsLocal, type EcsLocal, type Fault } from '../../ecs-local/index.js';
import { attempts } from '../support/attempts.js';
import { cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import type { FaultyTask } from '../support/faulty-tasks.js';
import { world, type World } from '../support/world.js';

interface Case extends FaultyTask {
  /** what the local ECS does to each of its tasks */
  fault?: Fault;
  /** what is done once it has said that it begins */
  act?: 'cancel' | 'stop';
  /** what a person reads, all of it */
  reads: string | RegExp;
  /** what passes is tried twice */
  tries: 1 | 2;
  /** lines of each of its tries */
  lines: string[];
  /** tasks on ECS of each of its tries; one when absent */
  tasks?: 0;
}

const program = (...does: string[]) => ['node', 'task-program.mjs', ...does];
const sleeps = program('polite', 'out=begins', 'sleep=60000');
const stoppedLate =
  /^extract: TookTooLong: node \S+ was stopped after \d+ s: one attempt may not take longer \(its last line: cleans up\)$/;

/** of a process of the worker, and of a task on ECS */
const cases: Record<string, Case> = {
  code: {
    command: program('out=begins', 'err=no such column: price', 'exit=3'),
    reads: /^extract: TaskFailed: node \S+ ended with exit code 3: no such column: price$/,
    tries: 1,
    lines: ['begins', 'no such column: price'],
  },
  again: {
    command: program('err=the API is away', 'exit=75'),
    reads: /^extract: TransientError: node \S+ asks to be tried again \(exit code 75\): the API is away$/,
    tries: 2,
    lines: ['the API is away'],
  },
  killed: {
    command: program('err=takes all memory', 'sleep=300', 'kill=SIGKILL'),
    reads:
      /^extract: TransientError: node \S+ was killed by SIGKILL; the system kills what takes more memory than there is \(its last line: takes all memory\)$/,
    tries: 2,
    lines: ['takes all memory'],
  },
  late: { command: sleeps, timeout: '12 seconds', reads: stoppedLate, tries: 2, lines: ['begins', 'cleans up'] },
  missing: {
    command: ['no-such-program'],
    reads:
      'extract: TaskMissing: the program no-such-program is neither in WATERCLOCK_CONNECTORS, which is not set, nor in PATH',
    tries: 1,
    lines: [],
  },
  ended: { command: sleeps, act: 'cancel', reads: '', tries: 1, lines: ['begins', 'cleans up'] },
  ecs_code: {
    definition: 'etl',
    command: program('out=begins', 'err=no such column: price', 'exit=3'),
    reads: 'extract: TaskFailed: node task-program.mjs ended with exit code 3: no such column: price',
    tries: 1,
    lines: ['begins', 'no such column: price'],
  },
  ecs_again: {
    definition: 'etl',
    command: program('err=the API is away', 'exit=75'),
    reads: 'extract: TransientError: node task-program.mjs asks to be tried again (exit code 75): the API is away',
    tries: 2,
    lines: ['the API is away'],
  },
  ecs_memory: {
    definition: 'small',
    command: program('out=reads all orders', 'eat'),
    reads:
      'extract: TaskFailed: node task-program.mjs took more memory than its 120 MiB: raise `memory` of the task (its last line: reads all orders)',
    tries: 1,
    lines: ['reads all orders'],
  },
  ecs_killed: {
    definition: 'etl',
    command: program('out=begins', 'kill=SIGKILL'),
    reads:
      'extract: TransientError: node task-program.mjs was killed by SIGKILL: Essential container in task exited (its last line: begins)',
    tries: 2,
    lines: ['begins'],
  },
  ecs_late: {
    definition: 'etl',
    command: sleeps,
    timeout: '16 seconds',
    reads: stoppedLate,
    tries: 2,
    lines: ['begins', 'cleans up'],
  },
  ecs_missing: {
    definition: 'etl',
    command: ['no-such-program'],
    reads: /^extract: TaskMissing: no-such-program did not start: CannotStartContainerError: .*no-such-program/,
    tries: 1,
    lines: [],
  },
  ecs_image: {
    definition: 'elsewhere',
    command: program('exit=0'),
    reads:
      /^extract: TaskRefused: node task-program.mjs did not start, its image is not there, or may not be pulled: CannotPullContainerError: .*not-there:2: not found$/,
    tries: 1,
    lines: [],
  },
  ecs_secret: {
    definition: 'secretless',
    command: program('exit=0'),
    reads:
      /^extract: TaskRefused: node task-program.mjs did not start: ResourceInitializationError: .* can't find the specified secret\.$/,
    tries: 1,
    lines: [],
  },
  ecs_definition: {
    definition: 'none',
    command: program('exit=0'),
    reads: /^extract: TaskRefused: ECS does not describe the task definition none: ClientException: /,
    tries: 1,
    lines: [],
    tasks: 0,
  },
  ecs_stopped: {
    definition: 'etl',
    command: sleeps,
    act: 'stop',
    reads:
      'extract: TaskFailed: node task-program.mjs was stopped by somebody on ECS: costs too much (its last line: cleans up)',
    tries: 1,
    lines: ['begins', 'cleans up'],
  },
  ecs_ended: { definition: 'etl', command: sleeps, act: 'cancel', reads: '', tries: 1, lines: ['begins', 'cleans up'] },
};

/** one after the other: ECS does it to the next task, whose ever that is */
const faulty: Record<string, Case> = {
  capacity: {
    definition: 'etl',
    command: program('exit=0'),
    fault: 'capacity',
    reads:
      'extract: TransientError: ECS has no capacity for node task-program.mjs: Capacity is unavailable at this time. Please try again later or in a different availability zone',
    tries: 2,
    lines: [],
    tasks: 0,
  },
  spot: {
    definition: 'etl',
    spot: true,
    command: sleeps,
    fault: 'spot',
    reads: /^extract: TransientError: node task-program.mjs lost its Spot capacity( \(its last line: \S.*\))?$/,
    tries: 2,
    lines: [],
  },
  pull: {
    definition: 'etl',
    command: program('exit=0'),
    fault: 'pull',
    reads:
      /^extract: TransientError: node task-program.mjs did not start, its image could not be pulled: CannotPullContainerError: .* 503$/,
    tries: 2,
    lines: [],
  },
  start: {
    definition: 'etl',
    command: program('exit=0'),
    fault: 'failed to start',
    reads:
      /^extract: TransientError: node task-program.mjs did not start: ResourceInitializationError: .*Amazon ECR\.$/,
    tries: 2,
    lines: [],
  },
};

let clone: Clone;
let service: World;
let local: EcsLocal;
let ecs: ECSClient;

beforeAll(async () => {
  clone = cloneProgram();
  const all: Record<string, Case> = { ...cases, ...faulty };
  // processes run in the project's folder
  const programAt = join(clone.root, 'test/support/task-program.mjs');
  const given = Object.entries(all).map(([name, { definition, command, spot, timeout }]) => [
    name,
    {
      ...(definition !== undefined && { definition }),
      command:
        definition === undefined ? command.map((word) => (word === 'task-program.mjs' ? programAt : word)) : command,
      ...(spot && { spot }),
      ...(timeout !== undefined && { timeout }),
    },
  ]);
  writeFileSync(
    join(clone.root, 'test/project/waterclock.config.ts'),
    `import { faultyTasks } from '../support/faulty-tasks.js';\nexport default { pipelines: faultyTasks(${JSON.stringify(Object.fromEntries(given))}) };\n`,
  );
  local = await startEcsLocal({
    region: 'eu-central-1',
    images: { etl: { folder: join(clone.root, 'test/support') } },
    environment: { PATH: process.env['PATH'] ?? '' },
  });
  local.createLogGroup('/tasks');
  register('etl');
  register('small', { memory: 120 });
  register('elsewhere', { image: 'not-there:2' });
  register('secretless', { secrets: [{ name: 'TOKEN', valueFrom: 'arn:not-there' }] });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  ecs = new ECSClient({ endpoint: local.url, region: 'eu-central-1', credentials });
  service = await world(
    {
      AWS_ENDPOINT_URL_ECS: local.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: local.url,
      WATERCLOCK_ECS_CLUSTER: 'default',
      WATERCLOCK_ECS_SUBNETS: 'subnet-0a',
      WATERCLOCK_INGEST_SLOTS: '20',
    },
    clone.root,
  );
  await service.startWorker();
}, 180_000);
afterAll(async () => {
  ecs?.destroy();
  await service?.close();
  await local?.close();
  clone?.remove();
});

function register(family: string, changes: object = {}): void {
  const options = { 'awslogs-group': '/tasks', 'awslogs-region': 'x', 'awslogs-stream-prefix': 'task' };
  const main = { name: 'main', image: 'etl:1', stopTimeout: 1, logConfiguration: { logDriver: 'awslogs', options } };
  local.register({
    family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
    containerDefinitions: [{ ...main, ...changes }],
  });
}

const runOf = (name: string) => `${name}-2022-11-24T11:00:00Z`;

async function lines(run: string): Promise<string[]> {
  const { json } = await service.waterclock('logs', run, '--step', 'extract');
  const found = json as { isOutput?: true; attempt: number; text: string }[];
  return found.flatMap(({ isOutput, attempt, text }) => (isOutput ? [`${attempt} ${text}`] : []));
}

/** of one try of a run's step */
async function tasksOf(startedBy: string): Promise<string[]> {
  const listed = ['RUNNING', 'STOPPED'] as const;
  const found = await Promise.all(
    listed.map((desiredStatus) => ecs.send(new ListTasksCommand({ startedBy, desiredStatus }))),
  );
  return found.flatMap(({ taskArns = [] }) => taskArns);
}

async function holds(name: string, { fault, act, reads, tries, definition, ...expected }: Case): Promise<void> {
  const run = runOf(name);
  if (fault) local.ask(fault, 2);
  const { ended } = service.begin('run', name, '--interval', '2022-11-24T10:00Z', '--dbt', 'skip', '--wait');
  if (act) await eventually(async () => (await lines(run).catch(() => [])).length > 0);
  const { runId } = await describeRun(run);
  if (act === 'cancel') await service.waterclock('cancel', run);
  if (act === 'stop') {
    const [task = ''] = await tasksOf(`${runId}-extract-1`);
    await ecs.send(new StopTaskCommand({ cluster: 'default', task, reason: 'costs too much' }));
  }
  const { json } = (await ended) as { json?: { status: string; error?: string } };
  if (act === 'cancel') expect((await service.client.workflow.getHandle(run).describe()).status.name).toBe('CANCELLED');
  else {
    expect(json?.status).toBe('failed');
    if (typeof reads === 'string') expect(json?.error).toBe(reads);
    else expect(json?.error).toMatch(reads);
    expect((await attempts(service.client, run))['extract']).toBe(tries);
  }
  const each = Array.from({ length: tries }, (_, at) => at + 1);
  if (fault !== 'spot') {
    const own = each.flatMap((attempt) => expected.lines.map((line) => `${attempt} ${line}`));
    expect(await lines(run)).toEqual(own);
  }
  if (definition === undefined) return;
  const counts = await Promise.all(each.map(async (attempt) => (await tasksOf(`${runId}-extract-${attempt}`)).length));
  expect(counts).toEqual(each.map(() => expected.tasks ?? 1));
}

async function describeRun(run: string): Promise<{ runId: string }> {
  let runId: string | undefined;
  await eventually(async () => {
    runId = await service.client.workflow
      .getHandle(run)
      .describe()
      .then(
        (found) => found.runId,
        () => undefined,
      );
    return runId !== undefined;
  });
  return { runId: runId ?? '' };
}

describe.concurrent(
  'each way in which a task ends has one message, its kind, its lines, and one task for each try',
  () => {
    test.each(Object.entries(cases))('%s', async (name, one) => holds(name, one));
  },
);

describe('what ECS does to a task likewise', () => {
  test.each(Object.entries(faulty))('%s', async (name, one) => holds(name, one));
});

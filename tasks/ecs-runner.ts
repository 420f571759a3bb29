import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
  StopTaskCommand,
  type RunTaskCommandOutput,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { TransientError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';
import type { EcsSettings } from '../model/task-settings.js';
import { asked } from './aws-asked.js';
import { cloudwatchLines } from './cloudwatch-lines.js';
import { ecsEnd } from './ecs-faults.js';
import { resultIn, resultVariable } from './result.js';
import type { TaskOrder, TaskRunner } from './runner.js';

interface EcsPlace {
  settings: EcsSettings;
  /** an object as text; undefined where there is none */
  read(ref: ObjectRef): Promise<string | undefined>;
  clients?: { ecs: ECSClient; logs: CloudWatchLogsClient };
  /** ms between two looks: rates are per account */
  lookEvery?: number;
}

/** what a look and the logs of a task need of its definition */
interface Known {
  container: string;
  memory: string;
  logs?: { group: string; stream: string };
}

const mostStopReason = 1_000;

/** tasks on ECS: they outlive the worker that started them, and the next one finds them by the same token */
export function ecsRunner({ settings, read, clients, lookEvery = 5_000 }: EcsPlace): TaskRunner {
  const { cluster, subnets, securityGroups, publicAddress = false } = settings;
  const ecs = clients?.ecs ?? new ECSClient({ maxAttempts: 5 });
  const logs = clients?.logs ?? new CloudWatchLogsClient({ maxAttempts: 5 });
  const definitions = new Map<string, Promise<TaskDefinition>>();

  async function definitionOf(named: string): Promise<TaskDefinition> {
    const asking =
      definitions.get(named) ??
      asked(`ECS does not describe the task definition ${named}`, async () => {
        const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: named }));
        if (!taskDefinition) throw new Error('the answer is empty');
        return taskDefinition;
      });
    definitions.set(named, asking);
    asking.catch(() => definitions.delete(named));
    return asking;
  }

  function known({ containerDefinitions: [main] = [], memory }: TaskDefinition, taskArn: string): Known {
    const container = main?.name ?? '';
    const { logDriver, options = {} } = main?.logConfiguration ?? {};
    const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } = options;
    const id = taskArn.slice(taskArn.lastIndexOf('/') + 1);
    const hasLogs = logDriver === 'awslogs' && group !== undefined && prefix !== undefined;
    return {
      container,
      memory: String(main?.memory ?? memory ?? ''),
      ...(hasLogs && { logs: { group, stream: `${prefix}/${container}/${id}` } }),
    };
  }

  async function look(handle: string) {
    const { tasks = [] } = await asked('ECS does not describe a task', () =>
      ecs.send(new DescribeTasksCommand({ cluster, tasks: [handle] })),
    );
    return tasks[0];
  }

  return {
    outlives: true,
    handsOver: false,
    async start(order) {
      const { family, spot } = order.container ?? { family: '' };
      // by its revision, which stays what it is while the task runs
      const definition = await definitionOf(family);
      definitions.delete(family);
      const [main] = definition.containerDefinitions ?? [];
      const input = {
        cluster,
        taskDefinition: family,
        clientToken: createHash('sha256').update(order.id).digest('hex'),
        startedBy: order.id.replace(/[^\w\-/]/g, '-').slice(0, 128),
        ...(spot
          ? { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] }
          : { launchType: 'FARGATE' as const }),
        ...(subnets.length > 0 && {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets,
              ...(securityGroups.length > 0 && { securityGroups }),
              ...(publicAddress && { assignPublicIp: 'ENABLED' as const }),
            },
          },
        }),
        overrides: { containerOverrides: [overrideOf(main?.name ?? '', order)] },
      };
      const { tasks: [task] = [], failures = [] } = await asked(`ECS does not start ${order.name}`, () =>
        ecs
          .send(new RunTaskCommand(input))
          .catch((error: unknown): Pick<RunTaskCommandOutput, 'tasks' | 'failures'> => {
            // the same token, and another request: a definition was changed since
            const { name, resourceIds } = error as { name: string; resourceIds?: string[] };
            if (name === 'ConflictException' && resourceIds?.[0])
              return { tasks: [{ taskArn: resourceIds[0] }], failures: [] };
            throw error;
          }),
      );
      if (!task?.taskArn) {
        const why = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': ')).join('; ');
        throw new TransientError(`ECS has no capacity for ${order.name}: ${why}`);
      }
      return task.taskArn;
    },
    async look(handle) {
      await sleep(lookEvery);
      const task = await look(handle);
      if (!task) {
        const fault = `ended, and how is not known: ECS no longer has ${handle}`;
        return { state: 'ended', end: { fault, passes: true } };
      }
      if (task.lastStatus !== 'STOPPED') return { state: task.startedAt ? 'running' : 'starting' };
      const { container, memory } = known(await definitionOf(task.taskDefinitionArn ?? ''), handle);
      return { state: 'ended', end: ecsEnd(task, container, memory) };
    },
    async stop(handle, why) {
      await asked('ECS does not stop a task', () =>
        ecs.send(new StopTaskCommand({ cluster, task: handle, reason: why.slice(0, mostStopReason) })),
      );
    },
    async logs(handle, from) {
      const task = await look(handle);
      const place = task && known(await definitionOf(task.taskDefinitionArn ?? ''), handle).logs;
      if (!place) return { lines: [], next: from };
      return cloudwatchLines(logs, place, from);
    },
    result: resultIn(read),
    stdout() {
      throw new Error('a task of ECS prints into its log');
    },
    forget: () => Promise.resolve(),
  };
}

function overrideOf(name: string, order: TaskOrder) {
  const { command, environment } = order;
  const variables = Object.entries({ ...environment, ...resultVariable(order) });
  return {
    name,
    ...(command.length > 0 && { command }),
    environment: variables.map(([name, value]) => ({ name, value })),
  };
}

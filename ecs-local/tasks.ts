import { createHash, randomBytes } from 'node:crypto';
import { checkRun } from './check-run.js';
import type { ContainerPlace } from './container.js';
import { invalid, noCluster, ServiceError } from './errors.js';
import type { Faults } from './faults.js';
import { live, type Life } from './life.js';
import type { RunTaskInput, Task, TaskDefinition } from './shapes.js';
import type { taskDefinitions } from './task-definitions.js';

interface TasksOptions {
  arn(kind: string): string;
  clusters: string[];
  definitions: ReturnType<typeof taskDefinitions>;
  place: ContainerPlace;
  faults: Faults;
  pace: number;
}

/** ms that a token and a stopped task are kept */
const tokenFor = 24 * 3_600_000;
const shownFor = 3_600;
const mostDescribed = 100;
const capacityReason =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

/** tasks of the clusters: started once for each token, listed until an hour after their end */
export function tasks({ arn, clusters, definitions, place, faults, pace }: TasksOptions) {
  const all = new Map<string, { task: Task; life: Life }>();
  const tokens = new Map<string, { hash: string; taskArns: string[]; at: number }>();
  let started = 0;

  function clusterOf(named = 'default'): string {
    const name = named.slice(named.lastIndexOf('/') + 1);
    if (!clusters.includes(name)) throw noCluster();
    return name;
  }

  function find(cluster: string, named: string): { task: Task; life: Life } | undefined {
    const id = named.slice(named.lastIndexOf('/') + 1);
    const found = all.get(arn(`task/${cluster}/${id}`));
    const { stoppedAt } = found?.task ?? {};
    return stoppedAt !== undefined && stoppedAt < Date.now() / 1_000 - shownFor ? undefined : found;
  }

  function begin(input: RunTaskInput, cluster: string, definition: TaskDefinition): Task {
    const taskArn = arn(`task/${cluster}/${randomBytes(16).toString('hex')}`);
    const { overrides = {}, startedBy, launchType, capacityProviderStrategy: [strategy] = [] } = input;
    const task: Task = {
      taskArn,
      clusterArn: arn(`cluster/${cluster}`),
      taskDefinitionArn: definition.taskDefinitionArn,
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      ...(strategy ? { capacityProviderName: strategy.capacityProvider } : { launchType: launchType ?? 'EC2' }),
      containers: definition.containerDefinitions.map(({ name, image }) => ({
        containerArn: arn(`container/${cluster}/${taskArn.slice(-32)}/${name}`),
        taskArn,
        name,
        image,
        lastStatus: 'PENDING',
      })),
      overrides: { containerOverrides: [], ...overrides },
      group: input.group ?? `family:${definition.family}`,
      ...(startedBy !== undefined && { startedBy }),
      ...(definition.cpu !== undefined && { cpu: overrides.cpu ?? definition.cpu }),
      ...(definition.memory !== undefined && { memory: overrides.memory ?? definition.memory }),
      createdAt: Date.now() / 1_000,
      tags: input.tags ?? [],
      version: 1,
    };
    const life = live({ task, definition, place, faults, pace, onStart: () => void started++ });
    all.set(taskArn, { task, life });
    return task;
  }

  function run(input: RunTaskInput): object {
    const cluster = clusterOf(input.cluster);
    const definition = definitions.find(input.taskDefinition);
    checkRun(input, definition);
    const { clientToken, count = 1 } = input;
    const key = `${cluster} ${clientToken}`;
    const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    const known = clientToken === undefined ? undefined : tokens.get(key);
    if (known && Date.now() - known.at < tokenFor) {
      if (known.hash !== hash)
        throw new ServiceError(
          'ConflictException',
          'The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different RunTask request. The resourceIds are the existing task ARNs which are already associated with the clientToken.',
          { resourceIds: known.taskArns },
        );
      return { tasks: known.taskArns.flatMap((one) => all.get(one)?.task ?? []), failures: [] };
    }
    if (faults.strikes('capacity')) return { tasks: [], failures: [{ reason: capacityReason }] };
    const made = Array.from({ length: count }, () => begin(input, cluster, definition));
    if (clientToken !== undefined)
      tokens.set(key, { hash, taskArns: made.map(({ taskArn }) => taskArn), at: Date.now() });
    return { tasks: made, failures: [] };
  }

  return {
    run,
    describe({ cluster, tasks = [] }: { cluster?: string; tasks?: string[] }): object {
      const own = clusterOf(cluster);
      if (tasks.length === 0) throw invalid('Tasks cannot be empty.');
      if (tasks.length > mostDescribed) throw invalid('Tasks cannot have more than 100 elements.');
      const found = tasks.map((named) => [named, find(own, named)?.task] as const);
      return {
        tasks: found.flatMap(([, task]) => task ?? []),
        failures: found.flatMap(([named, task]) => (task ? [] : [{ arn: named, reason: 'MISSING' }])),
      };
    },
    stop({ cluster, task: named = '', reason }: { cluster?: string; task?: string; reason?: string }): object {
      if ((reason ?? '').length > 1_024) throw invalid('Stop reason must be at most 1024 characters.');
      const found = find(clusterOf(cluster), named);
      if (!found) throw invalid('The referenced task was not found.');
      found.life.stop('UserInitiated', reason ?? 'Task stopped by user');
      return { task: found.task };
    },
    list(given: {
      cluster?: string;
      startedBy?: string;
      family?: string;
      desiredStatus?: string;
      launchType?: string;
    }): object {
      const own = clusterOf(given.cluster);
      const { startedBy, family, desiredStatus = 'RUNNING', launchType } = given;
      if (!['RUNNING', 'STOPPED', 'PENDING'].includes(desiredStatus)) throw invalid('Invalid desired status.');
      const taskArns = [...all.values()]
        .map(({ task }) => task)
        .filter((task) => find(own, task.taskArn) && task.desiredStatus === desiredStatus)
        .filter((task) => startedBy === undefined || task.startedBy === startedBy)
        .filter((task) => family === undefined || task.group === `family:${family}`)
        .filter((task) => launchType === undefined || task.launchType === launchType)
        .map(({ taskArn }) => taskArn);
      return { taskArns };
    },
    /** tasks whose programs were ever started */
    started: () => started,
    async close(): Promise<void> {
      for (const { life } of all.values()) {
        life.stop('UserInitiated', 'the server ends');
        life.kill();
      }
      await Promise.all([...all.values()].map(({ life }) => life.ended));
    },
  };
}

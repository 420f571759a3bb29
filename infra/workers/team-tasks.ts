import { Aws, type Stack } from 'aws-cdk-lib';
import { ContainerImage, type ICluster, type Secret } from 'aws-cdk-lib/aws-ecs';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import type { Role as IamRole } from 'aws-cdk-lib/aws-iam';
import { isSecret, taskFamily, type TaskProgram } from 'waterclock/facts';
import { acknowledge } from '../acknowledge.js';
import { allow, noResource } from '../allow.js';
import { fargateTask, type FargateTask } from '../fargate-task.js';
import { givenSecret } from '../given-secret.js';
import type { Lake } from '../lake/stack.js';
import type { Network } from '../network/stack.js';
import { hasOwnAddresses, taskSubnets } from '../network/task-subnets.js';
import type { ProjectFacts } from '../project/facts.js';
import { tasksOf } from '../project/tasks.js';
import type { EnvironmentSettings } from '../settings.js';
import { permitRaw } from './raw-objects.js';

interface Options {
  project: ProjectFacts;
  lake: Lake;
  network: Network;
  cluster: ICluster;
}

export interface TeamTasks {
  /** of the workers that start them */
  environment: Record<string, string>;
  /** what starting, following and stopping them takes */
  permit(role: IamRole): void;
}

/** a task definition, roles and a log group for each image that a definition of the project runs; undefined where none does */
export function teamTasks(stack: Stack, settings: EnvironmentSettings, options: Options): TeamTasks | undefined {
  const { project, network, cluster } = options;
  const families = `waterclock-${settings.name}-`;
  const found = project.pipelines.flatMap(({ name, rawBucket, ...pipeline }) =>
    tasksOf(pipeline).flatMap(({ name: task, program }) =>
      program.container ? [{ pipeline: name, rawBucket, task, program, container: program.container }] : [],
    ),
  );
  if (found.length === 0) return undefined;
  const made: FargateTask[] = [];
  const named: string[] = [];
  for (const { pipeline, rawBucket, task, program, container } of found) {
    if (container.taskDefinition !== undefined) named.push(container.taskDefinition);
    if (container.image === undefined) continue;
    const id = taskFamily('Team-', pipeline, task);
    const one = fargateTask(stack, id, {
      family: taskFamily(families, pipeline, task),
      size: container,
      retention: settings.workers.logDays,
      container: { image: imageOf(stack, id, container.image), secrets: secretsOf(stack, id, program, settings) },
    });
    acknowledge(one.executionRole, 'IAM5', 'signing in to a registry of ECR knows no resource');
    permitRaw(one.role, [{ name: pipeline, ...(rawBucket !== undefined && { rawBucket }) }], options.lake, settings);
    made.push(one);
  }
  const { vpc, groups } = network;
  return {
    environment: {
      WATERCLOCK_ECS_CLUSTER: cluster.clusterName,
      WATERCLOCK_ECS_SUBNETS: vpc.selectSubnets(taskSubnets(vpc)).subnetIds.join(','),
      WATERCLOCK_ECS_SECURITY_GROUPS: groups.tasks.securityGroupId,
      WATERCLOCK_ECS_FAMILIES: families,
      ...(hasOwnAddresses(vpc) && { WATERCLOCK_ECS_PUBLIC_ADDRESS: 'true' }),
    },
    permit: (role) => permitTasks(role, { cluster, made, named, families, settings }),
  };
}

/** from a repository of ECR it is pulled with the rights to do so */
function imageOf(stack: Stack, id: string, image: string): ContainerImage {
  const [, account, region, repository, tag] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::|@)(.+)$/.exec(image) ?? [];
  if (!account || !region || !repository || !tag) return ContainerImage.fromRegistry(image);
  const known = Repository.fromRepositoryAttributes(stack, `${id}Repository`, {
    repositoryName: repository,
    repositoryArn: `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`,
  });
  return ContainerImage.fromEcrRepository(known, tag);
}

/** by the names of the definition: their places are in `workers.secrets` */
function secretsOf(
  stack: Stack,
  id: string,
  { environment }: TaskProgram,
  { workers }: EnvironmentSettings,
): Record<string, Secret> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([variable, value]) => {
      if (!isSecret(value)) return [];
      const given = workers.secrets[value.secret] ?? (value.secret.startsWith('arn:') ? value.secret : undefined);
      return given === undefined ? [] : [[variable, givenSecret(stack, `${id}-${variable}`, given)]];
    }),
  );
}

interface Permitted {
  cluster: ICluster;
  made: FargateTask[];
  /** families of task definitions that are there */
  named: string[];
  families: string;
  settings: EnvironmentSettings;
}

function permitTasks(role: IamRole, { cluster, made, named, families, settings }: Permitted): void {
  const here = (service: string, resource: string) =>
    `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
  const definitions = [...(made.length > 0 ? [`${families}*`] : []), ...named];
  allow(role, 'RunTasks', {
    actions: ['ecs:RunTask'],
    resources: definitions.map((family) => here('ecs', `task-definition/${family}:*`)),
    conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
    pattern: 'each deployment makes a new revision, and runs in flight keep theirs',
  });
  allow(role, 'PassTaskRoles', {
    actions: ['iam:PassRole'],
    resources: [
      ...made.flatMap((one) => [one.role.roleArn, one.executionRole.roleArn]),
      ...(named.length > 0 ? settings.workers.taskRoles : []),
    ],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
  allow(role, 'FollowTasks', {
    actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
    resources: [here('ecs', `task/${cluster.clusterName}/*`)],
    pattern: 'tasks of one cluster, which are named when they start',
  });
  allow(role, 'ReadDefinitions', { actions: ['ecs:DescribeTaskDefinition'], resources: ['*'], pattern: noResource });
  const groups = made.map(({ logGroup }) => `${logGroup.logGroupArn}:log-stream:*`);
  const others =
    named.length > 0 ? settings.workers.taskLogGroups.map((group) => here('logs', `log-group:${group}:*`)) : [];
  if (groups.length + others.length > 0)
    allow(role, 'ReadTaskLogs', {
      actions: ['logs:GetLogEvents'],
      resources: [...groups, ...others],
      pattern: 'streams are named by the tasks that write them',
    });
}

import { pipelineOfVariable, secretNames, sourceVariable } from 'waterclock/facts';
import type { EnvironmentSettings } from '../settings.js';
import { arnOf } from '../settings/given-value.js';
import type { ProjectFacts } from './facts.js';
import { tasksOf } from './tasks.js';

type Pipeline = ProjectFacts['pipelines'][number];

/** throws one Error that lists what the definitions of a project need and the settings do not name */
export function checkProject(project: ProjectFacts, settings: EnvironmentSettings): void {
  const problems = [
    ...project.pipelines.flatMap((pipeline) => [
      ...rawBucketProblems(pipeline, settings),
      ...readBucketProblems(pipeline, settings),
      ...roleProblems(pipeline, settings),
      ...queueProblems(pipeline, settings),
      ...secretProblems(pipeline, settings),
      ...taskProblems(pipeline, settings),
      ...channelProblems(pipeline.name, pipeline.policy.alerts, settings),
    ]),
    ...project.builds.flatMap(({ name, audience }) => channelProblems(name, audience.alerts, settings)),
    ...addressProblems(project, settings),
  ];
  if (problems.length === 0) return;
  throw new Error(`the settings of ${settings.name} lack what definitions need:\n  ${problems.join('\n  ')}`);
}

function rawBucketProblems({ name, rawBucket }: Pipeline, { lake }: EnvironmentSettings): string[] {
  if (rawBucket === undefined || rawBucket in lake.rawBuckets) return [];
  return [
    `${name}: its rawBucket ${rawBucket} is not in lake.rawBuckets: add it there, as in { '${rawBucket}': '<a name that nobody has>' }`,
  ];
}

/** buckets of others that it reads with credentials */
function readBucketProblems({ name, source, policy }: Pipeline, { workers }: EnvironmentSettings): string[] {
  const [, marker] = /^s3:\/\/([^/]+)\//.exec(policy.waitFor?.marker ?? '') ?? [];
  const isAssumed = 'role' in source && source.role !== undefined;
  const isSigned = 'bucket' in source && !isAssumed && !('anonymous' in source && source.anonymous === true);
  const read = { source: isSigned ? String(source.bucket) : undefined, 'waitFor.marker': marker };
  return Object.entries(read).flatMap(([what, bucket]) =>
    bucket === undefined || workers.sourceBuckets.includes(bucket)
      ? []
      : [`${name}: its ${what} reads the bucket ${bucket}, which is not in workers.sourceBuckets: add it there`],
  );
}

/** a role that its source assumes; what that may read is its owner's matter */
function roleProblems({ name, source }: Pipeline, { workers }: EnvironmentSettings): string[] {
  const { role } = source as { role?: string };
  if (role === undefined || workers.sourceRoles.includes(role)) return [];
  return [`${name}: its source assumes the role ${role}, which is not in workers.sourceRoles: add it there`];
}

/** of the messages that name its objects */
function queueProblems({ name, source }: Pipeline, { workers }: EnvironmentSettings): string[] {
  const { timeFrom, role } = source as { timeFrom?: { events?: string }; role?: string };
  const queue = timeFrom?.events;
  if (queue === undefined || role !== undefined || workers.sourceQueues.includes(queue)) return [];
  return [`${name}: its source reads the queue ${queue}, which is not in workers.sourceQueues: add it there`];
}

function secretProblems({ name, source, tasks }: Pipeline, { workers }: EnvironmentSettings): string[] {
  return secretNames({ source, tasks })
    .filter((secret) => !(secret in workers.secrets) && !isPermitted(secret, Object.values(workers.secrets).map(arnOf)))
    .map(
      (secret) =>
        `${name}: it names the secret ${secret}, which is not in workers.secrets: put its value into Secrets Manager and the ARN there`,
    );
}

/** of a task definition that is there only its owner knows the roles, which who starts it must hand over */
function taskProblems(pipeline: Pipeline, { workers }: EnvironmentSettings): string[] {
  if (workers.taskRoles.length > 0) return [];
  return tasksOf(pipeline).flatMap(({ program: { container } }) =>
    container?.taskDefinition === undefined
      ? []
      : [
          `${pipeline.name}: a task of it runs the task definition ${container.taskDefinition}, and workers.taskRoles is empty: add the ARNs of its roles there`,
        ],
  );
}

function channelProblems(
  name: string,
  alerts: Pipeline['policy']['alerts'],
  { alerts: channels }: EnvironmentSettings,
): string[] {
  const has: Record<string, boolean> = {
    // a log group and a topic are part of every environment
    log: true,
    sns: true,
    slack: channels.slack !== undefined,
    webhook: channels.webhook !== undefined,
    email: channels.email !== undefined,
  };
  return Object.entries(alerts).flatMap(([kind, wanted = []]) =>
    wanted
      .filter((channel) => !has[channel])
      .map((channel) => `${name}: alerts.${kind} goes to ${channel}, and alerts.${channel} is not set: set it`),
  );
}

/** `WATERCLOCK_SOURCE_<PIPELINE>` of a pipeline that is not there changes nothing, silently */
function addressProblems({ pipelines }: ProjectFacts, { workers }: EnvironmentSettings): string[] {
  const known = pipelines.map(({ name }) => name);
  return Object.keys(workers.settings).flatMap((variable) => {
    const pipeline = pipelineOfVariable(variable);
    if (pipeline === undefined || known.includes(pipeline)) return [];
    const right = known.map(sourceVariable).join(', ');
    return [`workers.settings: ${variable} is not the variable of a pipeline; those of the project are ${right}`];
  });
}

/** a definition may name the place itself; tasks may read those of `workers.secrets` alone */
function isPermitted(secret: string, arns: string[]): boolean {
  const [, arn, name] = /^(?:(arn:[^#]+)|secretsmanager:([^#]+))/.exec(secret) ?? [];
  return arns.some(
    (one) => one === arn || (name !== undefined && one.replace(/-\w{6}$/, '').endsWith(`:secret:${name}`)),
  );
}

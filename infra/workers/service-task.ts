import { Duration, type Stack } from 'aws-cdk-lib';
import type { ContainerDefinitionOptions, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { allow } from '../allow.js';
import { healthCheck } from '../container.js';
import { fargateTask, type FargateTask } from '../fargate-task.js';
import type { Registry } from '../registry/stack.js';
import { allowPull } from './image.js';

interface Options {
  image: ContainerImage;
  registry: Registry;
  size: { cpu: number; memory: number };
  retention: RetentionDays;
  container: Omit<ContainerDefinitionOptions, 'image'>;
  /** ARN of a secret: not a value that is given when the task starts, which would end before a worker does */
  temporalToken?: string;
}

/** a task of the image: its root file system is read-only, /tmp is its own */
export function serviceTask(
  stack: Stack,
  id: string,
  { image, registry, size, retention, container, temporalToken }: Options,
): FargateTask {
  const task = fargateTask(stack, id, {
    size,
    retention,
    volumes: [{ name: 'tmp' }],
    container: { image, readonlyRootFilesystem: true, ...container },
  });
  task.container.addMountPoints({ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false });
  allowPull(task, registry);
  if (temporalToken !== undefined) {
    allow(task.role, 'TemporalToken', { actions: ['secretsmanager:GetSecretValue'], resources: [temporalToken] });
  }
  return task;
}

export const workerHealth = {
  command: healthCheck.command,
  interval: Duration.seconds(healthCheck.interval),
  timeout: Duration.seconds(healthCheck.timeout),
  retries: healthCheck.retries,
  startPeriod: Duration.seconds(healthCheck.startPeriod),
};

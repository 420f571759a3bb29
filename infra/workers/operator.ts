import type { Stack } from 'aws-cdk-lib';
import type { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { output } from '../make-stack.js';
import type { Registry } from '../registry/stack.js';
import { permitOperator } from './operator-permissions.js';
import type { Resources } from './permissions.js';
import { serviceTask } from './service-task.js';

export interface Operator {
  family: string;
  roles: Role[];
}

interface Options {
  image: ContainerImage;
  registry: Registry;
  environment: Record<string, string>;
  temporalToken?: string;
  parts: Resources;
}

/** the way to change anything by hand: a task of the image with a command of `waterclock`; who started it is in CloudTrail, what it did in its log */
export function operatorTask(stack: Stack, { parts, environment, ...common }: Options): Operator {
  const { adminSecret } = parts.warehouse;
  const task = serviceTask(stack, 'Operator', {
    ...common,
    size: { cpu: 512, memory: 2048 },
    retention: RetentionDays.ONE_YEAR,
    container: {
      command: ['waterclock', '--help'],
      environment: { ...environment, WATERCLOCK_REDSHIFT_SECRET_ARN: adminSecret.name },
    },
  });
  permitOperator(task.role, parts);
  output(stack, 'OperatorTask', task.definition.family, 'task definition that operations are run with');
  output(stack, 'OperatorLog', task.logGroup.logGroupName, 'what operations said');
  return { family: task.definition.family, roles: [task.role, task.executionRole] };
}

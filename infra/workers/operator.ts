import type { Stack } from 'aws-cdk-lib';
import type { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { FargateTask } from '../fargate-task.js';
import { output } from '../make-stack.js';
import type { Registry } from '../registry/stack.js';
import { permitOperator } from './operator-permissions.js';
import type { Resources } from './permissions.js';
import { serviceTask } from './service-task.js';

interface Options {
  image: ContainerImage;
  registry: Registry;
  environment: Record<string, string>;
  temporalToken?: string;
  parts: Resources;
}

/** the way to change anything by hand: a task of the image with a command of `waterclock`, started by a state machine that knows the commands */
export function operatorTask(stack: Stack, { parts, environment, ...common }: Options): FargateTask {
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
  output(stack, 'OperatorLog', task.logGroup.logGroupName, 'what operations said');
  return task;
}

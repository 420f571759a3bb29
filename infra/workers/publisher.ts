import type { Stack } from 'aws-cdk-lib';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ContainerImage, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { fargateService } from '../fargate-service.js';
import { output } from '../make-stack.js';
import type { Registry } from '../registry/stack.js';
import { serviceTask } from './service-task.js';

interface Options {
  image: ContainerImage;
  registry: Registry;
  retention: RetentionDays;
  environment: Record<string, string>;
  temporalToken?: string;
  cluster: ICluster;
  group: SecurityGroup;
  namespace: string;
}

/** asks Temporal once a minute and logs the numbers in CloudWatch's metric format: beside the workers, so that it can tell when they are gone */
export function publishMetrics(stack: Stack, options: Options): void {
  const { cluster, group, namespace, environment, ...common } = options;
  const task = serviceTask(stack, 'Metrics', {
    ...common,
    size: { cpu: 256, memory: 512 },
    container: { command: ['waterclock', 'metrics', '--every', '60', '--cloudwatch', namespace], environment },
  });
  const service = fargateService(stack, 'metrics-service', { cluster, task, tasks: 1, group });
  output(stack, 'ServiceMetrics', service.serviceName, 'service that publishes the metrics');
}

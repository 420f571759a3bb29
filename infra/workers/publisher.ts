import { Aws, type Stack } from 'aws-cdk-lib';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ContainerImage, FargateService, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { allow } from '../allow.js';
import { fargateService } from '../fargate-service.js';
import { output } from '../make-stack.js';
import type { Registry } from '../registry/stack.js';
import { serviceTask } from './service-task.js';

/** a service that has tasks only while there is work, and how many then */
export interface OnDemandService {
  service: FargateService;
  tasks: number;
}

interface Options {
  image: ContainerImage;
  registry: Registry;
  retention: RetentionDays;
  environment: Record<string, string>;
  temporalToken?: string;
  cluster: ICluster;
  group: SecurityGroup;
  namespace: string;
  onDemand: OnDemandService[];
  spot: boolean;
}

/** asks Temporal once a minute and logs the numbers in CloudWatch's metric format: beside the workers, so that it can tell when they are gone; starts and stops those on demand */
export function publishMetrics(stack: Stack, options: Options): void {
  const { cluster, group, namespace, environment, onDemand, spot, ...common } = options;
  const isWaking = onDemand.length > 0;
  // a run that nobody has scheduled must find workers within two minutes, of which Fargate takes one or more
  const every = isWaking ? '30' : '60';
  const services = onDemand.map(({ service, tasks }) => `${service.serviceName}=${tasks}`).join(',');
  const task = serviceTask(stack, 'Metrics', {
    ...common,
    size: { cpu: 256, memory: 512 },
    container: {
      command: [
        'waterclock',
        'metrics',
        '--every',
        every,
        '--cloudwatch',
        namespace,
        ...(isWaking ? ['--on-demand', `${cluster.clusterName}/${services}`] : []),
      ],
      environment,
    },
  });
  if (isWaking) allowWaking(task.role, cluster, onDemand);
  const service = fargateService(stack, 'metrics-service', { cluster, task, tasks: 1, group, spot });
  output(stack, 'ServiceMetrics', service.serviceName, 'service that publishes the metrics');
}

function allowWaking(role: Role, cluster: ICluster, onDemand: OnDemandService[]): void {
  allow(role, 'OnDemand', {
    actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
    resources: onDemand.map(
      ({ service }) =>
        `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:service/${cluster.clusterName}/${service.serviceName}`,
    ),
  });
}

import type { Stack } from 'aws-cdk-lib';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { FargateService, PropagatedTagSource, type FargateServiceProps, type ICluster } from 'aws-cdk-lib/aws-ecs';
import type { FargateTask } from './fargate-task.js';
import { hasOwnAddresses, taskSubnets } from './network/task-subnets.js';

interface Options {
  cluster: ICluster;
  task: FargateTask;
  tasks: number;
  group: SecurityGroup;
  /** one that must never run twice stops before its next one starts */
  single?: boolean;
  /** on spare capacity, which AWS may take back */
  spot?: boolean;
  more?: Partial<FargateServiceProps>;
}

/** tasks that nothing from outside reaches; a deployment that does not become healthy goes back by itself */
export function fargateService(stack: Stack, id: string, options: Options): FargateService {
  const { cluster, task, tasks, group, single = false, spot = false, more } = options;
  return new FargateService(stack, id, {
    cluster,
    taskDefinition: task.definition,
    desiredCount: tasks,
    securityGroups: [group],
    vpcSubnets: taskSubnets(cluster.vpc),
    assignPublicIp: hasOwnAddresses(cluster.vpc),
    minHealthyPercent: single ? 0 : 100,
    maxHealthyPercent: single ? 100 : 200,
    circuitBreaker: { enable: true, rollback: true },
    propagateTags: PropagatedTagSource.SERVICE,
    ...(spot && { capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }),
    ...more,
  });
}

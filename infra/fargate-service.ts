import type { Stack } from 'aws-cdk-lib';
import { SubnetType, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { FargateService, PropagatedTagSource, type FargateServiceProps, type ICluster } from 'aws-cdk-lib/aws-ecs';
import type { FargateTask } from './fargate-task.js';

interface Options {
  cluster: ICluster;
  task: FargateTask;
  tasks: number;
  group: SecurityGroup;
  /** one that must never run twice stops before its next one starts */
  single?: boolean;
  more?: Partial<FargateServiceProps>;
}

/** tasks in private subnets; a deployment that does not become healthy goes back by itself */
export function fargateService(stack: Stack, id: string, options: Options): FargateService {
  const { cluster, task, tasks, group, single = false, more } = options;
  return new FargateService(stack, id, {
    cluster,
    taskDefinition: task.definition,
    desiredCount: tasks,
    securityGroups: [group],
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    assignPublicIp: false,
    minHealthyPercent: single ? 0 : 100,
    maxHealthyPercent: single ? 100 : 200,
    circuitBreaker: { enable: true, rollback: true },
    propagateTags: PropagatedTagSource.SERVICE,
    ...more,
  });
}

import type { Stack } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights, type ICluster } from 'aws-cdk-lib/aws-ecs';

/** a cluster of Fargate tasks; the class and its interface disagree on undefined */
export function taskCluster(stack: Stack, vpc: IVpc): ICluster {
  return new Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED }) as ICluster;
}

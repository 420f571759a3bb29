import type { Stack } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights, type CfnCluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { acknowledge } from './acknowledge.js';

interface Options {
  detailedMetrics: boolean;
  /** tasks may run on spare capacity */
  spot?: boolean;
}

/** a cluster of Fargate tasks; the class and its interface disagree on undefined */
export function taskCluster(stack: Stack, vpc: IVpc, { detailedMetrics, spot = false }: Options): ICluster {
  const containerInsightsV2 = detailedMetrics ? ContainerInsights.ENABLED : ContainerInsights.DISABLED;
  const cluster = new Cluster(stack, 'Cluster', { vpc, containerInsightsV2 });
  // not by an association, which is another resource: services would not wait for it
  if (spot) (cluster.node.defaultChild as CfnCluster).capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
  if (!detailedMetrics) acknowledge(cluster, 'ECS4', 'the settings leave out what each container costs in metrics');
  return cluster as ICluster;
}

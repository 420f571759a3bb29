import { CustomResource, type Stack } from 'aws-cdk-lib';
import { SubnetType, type IVpc, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, type ContainerDefinitionOptions, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { allow } from '../allow.js';
import type { DeploymentFunction } from '../deployment/deployment-function.js';
import { fargateTask } from '../fargate-task.js';

interface Options {
  runTask: DeploymentFunction;
  cluster: ICluster;
  vpc: IVpc;
  group: SecurityGroup;
  /** of the admin tools */
  version: string;
  script: string;
  container: Pick<ContainerDefinitionOptions, 'environment' | 'secrets'>;
}

/** a task that a deployment runs to its end, again whenever its definition changes */
export function oneOff(stack: Stack, id: string, options: Options): CustomResource {
  const { runTask, cluster, vpc, group, version, script, container } = options;
  const task = fargateTask(stack, id, {
    size: { cpu: 256, memory: 512 },
    container: {
      image: ContainerImage.fromRegistry(`temporalio/admin-tools:${version}`),
      entryPoint: ['sh', '-c'],
      command: [script],
      ...container,
    },
  });
  const { role } = runTask;
  allow(role, `Run${id}`, {
    actions: ['ecs:RunTask'],
    resources: [task.definition.taskDefinitionArn],
    conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
  });
  allow(role, `Pass${id}`, {
    actions: ['iam:PassRole'],
    resources: [task.role.roleArn, task.executionRole.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
  const run = new CustomResource(stack, `${id}Run`, {
    serviceToken: runTask.arn,
    properties: {
      Cluster: cluster.clusterArn,
      TaskDefinition: task.definition.taskDefinitionArn,
      Subnets: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
      SecurityGroups: [group.securityGroupId],
    },
  });
  // its roles' policies first
  for (const one of [role, task.executionRole]) run.node.addDependency(one);
  return run;
}

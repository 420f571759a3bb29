import { Aws } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.js';
import type { Workers } from '../workers/stack.js';

/** starting the operator's task: CloudTrail keeps who did and with which command, its log what came of it */
export function allowOperations(role: Role, { workers }: { workers: Workers }): void {
  const { cluster, operator } = workers;
  const ecs = `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  allow(role, 'Operate', {
    actions: ['ecs:RunTask'],
    resources: [`${ecs}:task-definition/${operator.family}:*`],
    pattern: 'each deployment makes a new revision of the one task',
    conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
  });
  allow(role, 'PassToOperator', {
    actions: ['iam:PassRole'],
    resources: operator.roles.map(({ roleArn }) => roleArn),
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
}

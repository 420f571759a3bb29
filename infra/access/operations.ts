import { Aws } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.js';
import type { Workers } from '../workers/stack.js';

/** running commands of `waterclock`: CloudTrail keeps who did, the execution its words, the operator's log what came of it */
export function allowOperations(role: Role, { workers }: { workers: Workers }): void {
  const { name } = workers.operations;
  const states = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  allow(role, 'Operate', { actions: ['states:StartExecution'], resources: [`${states}:stateMachine:${name}`] });
  allow(role, 'Follow', {
    actions: ['states:DescribeExecution'],
    resources: [`${states}:execution:${name}:*`],
    pattern: 'executions are named when they start',
  });
}

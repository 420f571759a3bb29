import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/** Redshift tells these by kind of query too: the greatest of them all is one number without naming each dimension */
const greatest = (metric: string, workgroup: string, minutes: number) =>
  new MathExpression({
    expression: `SELECT MAX(${metric}) FROM "AWS/Redshift-Serverless" WHERE Workgroup = '${workgroup}'`,
    period: Duration.minutes(minutes),
    label: metric,
  });

export const queuedQueries = (workgroup: string): MathExpression => greatest('QueriesQueued', workgroup, 5);
export const failedQueries = (workgroup: string): MathExpression => greatest('QueriesFailed', workgroup, 5);
export const usedCapacity = (workgroup: string): MathExpression => greatest('ComputeCapacity', workgroup, 5);

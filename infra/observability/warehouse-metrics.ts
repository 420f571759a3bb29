import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';

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

/** RPU-hours that the limit leaves until its period ends */
export const usageLeft = (usageLimitId: string): MathExpression =>
  new MathExpression({
    expression: `SELECT MIN(UsageLimitAvailable) FROM "AWS/Redshift-Serverless" WHERE UsageLimitId = '${usageLimitId}'`,
    period: Duration.minutes(5),
    label: 'UsageLimitAvailable',
  });

/** the group has one schedule: that of the snapshots */
export const scheduleGroup = (environment: string): string => `waterclock-${environment}-snapshots`;

export const failedSnapshots = (environment: string): Metric =>
  new Metric({
    namespace: 'AWS/Scheduler',
    metricName: 'TargetErrorCount',
    dimensionsMap: { ScheduleGroup: scheduleGroup(environment) },
    statistic: 'Sum',
    period: Duration.hours(1),
  });

import { Aws, type Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnNamespace } from 'aws-cdk-lib/aws-redshiftserverless';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { allow } from '../allow.js';
import { scheduleGroup } from '../observability/warehouse-metrics.js';

/** one a day for so many days; Redshift's own recovery points end after 24 hours */
export function snapshots(stack: Stack, environment: string, namespace: CfnNamespace, days: number): void {
  const role = new Role(stack, 'SnapshotRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  allow(role, 'Snapshots', {
    actions: ['redshift-serverless:CreateSnapshot'],
    resources: [
      namespace.attrNamespaceNamespaceArn,
      `arn:${Aws.PARTITION}:redshift-serverless:${Aws.REGION}:${Aws.ACCOUNT_ID}:snapshot/*`,
    ],
    pattern: 'a snapshot that is yet to be made has no name of its own',
  });
  // CloudWatch counts failures by group
  const group = new CfnScheduleGroup(stack, 'SnapshotGroup', { name: scheduleGroup(environment) });
  new CfnSchedule(stack, 'Snapshots', {
    groupName: group.ref,
    description: 'a snapshot of the warehouse a day',
    scheduleExpression: 'cron(0 1 * * ? *)',
    scheduleExpressionTimezone: 'UTC',
    flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 60 },
    target: {
      arn: `arn:${Aws.PARTITION}:scheduler:::aws-sdk:redshiftserverless:createSnapshot`,
      roleArn: role.roleArn,
      input: JSON.stringify({
        NamespaceName: namespace.namespaceName,
        SnapshotName: `${namespace.namespaceName}-<aws.scheduler.execution-id>`,
        RetentionPeriod: days,
      }),
    },
  });
}

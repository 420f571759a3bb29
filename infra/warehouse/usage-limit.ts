import { Duration, type Stack } from 'aws-cdk-lib';
import { AwsCustomResource, PhysicalResourceId, PhysicalResourceIdReference } from 'aws-cdk-lib/custom-resources';
import { allow, noResource } from '../allow.js';
import { functionRole } from '../deployment/deployment-function.js';
import type { EnvironmentSettings } from '../settings.js';
import type { Warehouse } from './warehouse.js';

/** CloudFormation has no resource for usage limits: its API is called; returns the id of the limit */
export function usageLimit(
  stack: Stack,
  { workgroup }: Pick<Warehouse, 'workgroup'>,
  { rpuHoursPerDay, breach }: EnvironmentSettings['warehouse']['usageLimit'],
): string {
  const { role, logGroup } = functionRole(stack, 'UsageLimit');
  allow(role, 'UsageLimits', {
    actions: [
      'redshift-serverless:CreateUsageLimit',
      'redshift-serverless:UpdateUsageLimit',
      'redshift-serverless:DeleteUsageLimit',
    ],
    resources: ['*'],
    pattern: noResource,
  });
  const call = (action: string, parameters: Record<string, unknown>) => ({
    service: 'RedshiftServerless',
    action,
    parameters,
  });
  const limit = { amount: rpuHoursPerDay, breachAction: breach };
  const usageLimitId = new PhysicalResourceIdReference();
  const made = new AwsCustomResource(stack, 'UsageLimit', {
    resourceType: 'Custom::RedshiftUsageLimit',
    role,
    logGroup,
    timeout: Duration.minutes(2),
    installLatestAwsSdk: false,
    onCreate: {
      ...call('createUsageLimit', {
        ...limit,
        resourceArn: workgroup.arn,
        usageType: 'serverless-compute',
        period: 'daily',
      }),
      physicalResourceId: PhysicalResourceId.fromResponse('usageLimit.usageLimitId'),
    },
    onUpdate: {
      ...call('updateUsageLimit', { ...limit, usageLimitId }),
      physicalResourceId: PhysicalResourceId.fromResponse('usageLimit.usageLimitId'),
    },
    onDelete: call('deleteUsageLimit', { usageLimitId }),
  });
  made.node.addDependency(role.node.findChild('DefaultPolicy'));
  return made.getResponseField('usageLimit.usageLimitId');
}

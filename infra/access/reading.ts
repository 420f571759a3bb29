import { Aws } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { allow, noResource } from '../allow.js';
import type { Lake } from '../lake/stack.js';
import type { Registry } from '../registry/stack.js';
import type { Warehouse } from '../warehouse/warehouse.js';
import type { Workers } from '../workers/stack.js';

export interface Readable {
  lake: Lake;
  warehouse: Warehouse;
  registry: Registry;
  workers: Workers;
}

const here = (service: string, resource: string) =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/** states, logs, metrics, outputs: what `waterclock doctor` and somebody on call look at */
export function readService(role: Role, environment: string, { registry }: Readable): void {
  const prefix = `waterclock-${environment}`;
  allow(role, 'ReadLogs', {
    actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartQuery'],
    resources: [here('logs', `log-group:${prefix}-*`), here('logs', `log-group:/aws/redshift/${prefix}/*`)],
    pattern: 'the log groups of one environment',
  });
  allow(role, 'ReadStacks', {
    actions: ['cloudformation:ListStackResources'],
    resources: [here('cloudformation', `stack/${prefix}-*/*`)],
    pattern: 'the stacks of one environment',
  });
  allow(role, 'ReadImages', {
    actions: ['ecr:DescribeImages', 'ecr:DescribeRepositories', 'ecr:DescribeImageScanFindings'],
    resources: [registry.repository.repositoryArn],
  });
  allow(role, 'ReadStates', {
    actions: [
      // told for every stack at once: `waterclock doctor` looks for those of an environment
      'cloudformation:DescribeStacks',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetDashboard',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListMetrics',
      'ecs:DescribeClusters',
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:DescribeTasks',
      'ecs:ListServices',
      'ecs:ListTasks',
      'logs:DescribeLogGroups',
      'logs:GetQueryResults',
    ],
    resources: ['*'],
    pattern: 'states without data; most of these actions know no resource',
  });
}

export function readLake(role: Role, { lake }: Readable): void {
  const buckets = [lake.bucket, ...lake.rawBuckets];
  allow(role, 'ReadObjects', {
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: buckets.map((bucket) => bucket.arnForObjects('*')),
    pattern: 'every object of the lake',
  });
  allow(role, 'ListObjects', {
    actions: ['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketLocation'],
    resources: buckets.map(({ bucketArn }) => bucketArn),
  });
  allow(role, 'ReadKey', { actions: ['kms:Decrypt'], resources: [lake.key.keyArn] });
}

/** statements run with the database roles of the person's role, which in prod only read */
export function readWarehouse(role: Role, { warehouse }: Readable): void {
  allow(role, 'Query', {
    actions: [
      'redshift-data:ExecuteStatement',
      'redshift-serverless:GetCredentials',
      'redshift-serverless:GetNamespace',
      'redshift-serverless:GetWorkgroup',
    ],
    resources: [warehouse.workgroup.arn, warehouse.namespaceArn],
  });
  allow(role, 'Results', {
    actions: ['redshift-data:DescribeStatement', 'redshift-data:GetStatementResult', 'redshift-data:CancelStatement'],
    resources: ['*'],
    pattern: noResource,
    conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
  });
}

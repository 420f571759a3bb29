import { Aws, type Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.js';
import type { Lake } from '../lake/stack.js';

/** what Redshift assumes: COPY and Spectrum read processed files, partitions are written to the catalog */
export function copyRole(stack: Stack, { bucket, key }: Lake, catalog: string): Role {
  const role = new Role(stack, 'CopyRole', {
    assumedBy: new ServicePrincipal('redshift.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    description: 'COPY from the lake, and the external tables over it',
  });
  allow(role, 'ReadProcessed', {
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects('processed/*')],
    pattern: 'files are named by run: the prefix is the boundary',
  });
  allow(role, 'ListProcessed', {
    actions: ['s3:ListBucket', 's3:GetBucketLocation'],
    resources: [bucket.bucketArn],
  });
  allow(role, 'DecryptLake', { actions: ['kms:Decrypt'], resources: [key.keyArn] });
  const glue = `arn:${Aws.PARTITION}:glue:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  allow(role, 'Partitions', {
    actions: [
      'glue:GetDatabase',
      'glue:GetDatabases',
      'glue:GetTable',
      'glue:GetTables',
      'glue:CreateTable',
      'glue:UpdateTable',
      'glue:DeleteTable',
      'glue:GetPartition',
      'glue:GetPartitions',
      'glue:BatchGetPartition',
      'glue:CreatePartition',
      'glue:BatchCreatePartition',
      'glue:UpdatePartition',
      'glue:DeletePartition',
      'glue:BatchDeletePartition',
    ],
    resources: [`${glue}:catalog`, `${glue}:database/${catalog}`, `${glue}:table/${catalog}/*`],
    pattern: 'the tables of one database, which pipelines add to',
  });
  return role;
}

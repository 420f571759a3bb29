import { Tags } from 'aws-cdk-lib';
import type { Role as IamRole } from 'aws-cdk-lib/aws-iam';
import { allow, noResource } from '../allow.js';
import type { Lake } from '../lake/stack.js';
import { stepsTakenBy } from '../../model/task-queues.js';
import type { Role } from '../../model/settings.js';
import type { Warehouse } from '../warehouse/stack.js';

export interface Resources {
  lake: Lake;
  warehouse: Warehouse;
  /** buckets of others that pipelines read */
  sourceBuckets: string[];
}

const byRun = 'objects are named by pipeline and run: the prefix is the boundary';

/** what the steps of each role do */
const permissions: Record<Role, (role: IamRole, resources: Resources) => void> = {
  workflows: () => undefined,

  ingest(role, { lake, sourceBuckets }) {
    const own = ['stage', 'rejected', 'processed', 'runs'];
    allow(role, 'IngestObjects', {
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      resources: [
        ...own.map((prefix) => lake.bucket.arnForObjects(`${prefix}/*`)),
        ...[lake.bucket, ...lake.rawBuckets].map((bucket) => bucket.arnForObjects('raw/*')),
      ],
      pattern: byRun,
    });
    allow(role, 'IngestBuckets', {
      actions: ['s3:ListBucket'],
      resources: [lake.bucket, ...lake.rawBuckets].map(({ bucketArn }) => bucketArn),
    });
    allow(role, 'IngestKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [lake.key.keyArn] });
    if (sourceBuckets.length === 0) return;
    allow(role, 'SourceBuckets', {
      actions: ['s3:ListBucket'],
      resources: sourceBuckets.map((name) => `arn:aws:s3:::${name}`),
    });
    allow(role, 'SourceObjects', {
      actions: ['s3:GetObject'],
      resources: sourceBuckets.map((name) => `arn:aws:s3:::${name}/*`),
      pattern: 'the objects of a bucket that its owner gives whole',
    });
  },

  warehouse(role, { lake, warehouse }) {
    allow(role, 'LoadObjects', {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [lake.bucket.arnForObjects('processed/*'), lake.bucket.arnForObjects('runs/*')],
      pattern: byRun,
    });
    allow(role, 'MarkSuperseded', {
      actions: ['s3:PutObjectTagging'],
      resources: [lake.bucket.arnForObjects('processed/*')],
      pattern: byRun,
    });
    allow(role, 'LoadBucket', { actions: ['s3:ListBucket'], resources: [lake.bucket.bucketArn] });
    allow(role, 'LoadKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [lake.key.keyArn] });
    allow(role, 'Statements', {
      actions: [
        'redshift-data:ExecuteStatement',
        'redshift-data:BatchExecuteStatement',
        'redshift-serverless:GetCredentials',
      ],
      resources: [warehouse.workgroup.arn],
    });
    // no condition on the session: another task re-attaches to the statement of one that died
    allow(role, 'OwnStatements', {
      actions: [
        'redshift-data:DescribeStatement',
        'redshift-data:GetStatementResult',
        'redshift-data:ListStatements',
        'redshift-data:CancelStatement',
      ],
      resources: ['*'],
      pattern: noResource,
    });
  },

  transform(role, { lake, warehouse }) {
    allow(role, 'BuildArtifacts', {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [lake.bucket.arnForObjects('artifacts/*'), lake.bucket.arnForObjects('runs/*')],
      pattern: byRun,
    });
    allow(role, 'BuildKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [lake.key.keyArn] });
    allow(role, 'Connect', {
      actions: ['redshift-serverless:GetCredentials', 'redshift-serverless:GetWorkgroup'],
      resources: [warehouse.workgroup.arn],
    });
  },
};

const databaseRoles: Partial<Record<Role, string>> = { warehouse: 'loader', transform: 'transformer' };

/** permissions of a worker with these roles, on AWS and in the database */
export function permit(role: IamRole, roles: Role[], resources: Resources): void {
  const taken = stepsTakenBy(roles);
  for (const one of taken) permissions[one](role, resources);
  const inDatabase = taken.flatMap((one) => databaseRoles[one] ?? []);
  // Redshift Serverless gives who signs in by IAM the database roles of this tag
  if (inDatabase.length > 0) Tags.of(role).add('RedshiftDbRoles', inDatabase.join(':'));
}

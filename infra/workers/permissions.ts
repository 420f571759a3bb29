import { Aws, Tags } from 'aws-cdk-lib';
import type { Role as IamRole } from 'aws-cdk-lib/aws-iam';
import { allow, noResource } from '../allow.js';
import type { Lake } from '../lake/stack.js';
import type { Role } from 'waterclock/facts';
import type { Alerts } from '../observability/alerts.js';
import { queueAddress } from '../settings/workers.js';
import type { Warehouse } from '../warehouse/warehouse.js';

export interface Resources {
  lake: Lake;
  warehouse: Warehouse;
  /** absent where they do not go to SNS or SES */
  alerts?: Alerts;
  /** buckets of others that pipelines read */
  sourceBuckets: string[];
  /** ARNs of the secrets of sources */
  sourceSecrets: string[];
  /** addresses of queues whose messages name their objects */
  sourceQueues: string[];
  /** ARNs of roles that sources assume */
  sourceRoles: string[];
}

export const byRun = 'objects are named by pipeline and run: the prefix is the boundary';

/** what the activities of each role do */
const permissions: Record<Role, (role: IamRole, resources: Resources) => void> = {
  /** asks the lake what loaded, and sources what is there; says what went wrong */
  workflows(role, resources) {
    const { lake } = resources;
    allow(role, 'RunManifests', {
      actions: ['s3:GetObject'],
      resources: [lake.bucket.arnForObjects('runs/*'), lake.bucket.arnForObjects('definitions/*')],
      pattern: byRun,
    });
    // what the watch keeps from one look to the next, the objects of runs that only the ledger knew, the manifests of
    // connectors, and which definitions the worker has
    allow(role, 'WatchObjects', {
      actions: ['s3:PutObject'],
      resources: ['runs/*/watch/*', 'runs/*/closed/*', 'runs/*/connectors/*', 'definitions/*'].map((key) =>
        lake.bucket.arnForObjects(key),
      ),
      pattern: byRun,
    });
    // without it a manifest that is missing answers "forbidden"
    allow(role, 'RunBucket', { actions: ['s3:ListBucket'], resources: [lake.bucket.bucketArn] });
    allow(role, 'RunKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [lake.key.keyArn] });
    allowStatements(role, resources, { writes: false });
    allowSources(role, resources);
    if (!resources.alerts) return;
    const { topicArn, keyArn, emailFrom } = resources.alerts;
    allow(role, 'Alerts', { actions: ['sns:Publish'], resources: [topicArn] });
    allow(role, 'AlertKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [keyArn] });
    if (emailFrom) allowEmail(role, emailFrom);
  },

  ingest(role, { lake, ...resources }) {
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
    allowSources(role, { lake, ...resources });
    const secrets = new Set(resources.sourceSecrets);
    if (secrets.size > 0)
      allow(role, 'SourceSecrets', { actions: ['secretsmanager:GetSecretValue'], resources: [...secrets] });
    allowEvents(role, resources);
  },

  warehouse(role, resources) {
    const { lake } = resources;
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
    allowStatements(role, resources, { writes: true });
  },

  transform(role, { lake, warehouse }) {
    allow(role, 'BuildArtifacts', {
      actions: ['s3:PutObject'],
      resources: [lake.bucket.arnForObjects('artifacts/*')],
      pattern: byRun,
    });
    allow(role, 'BuildKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [lake.key.keyArn] });
    allow(role, 'Connect', { actions: ['redshift-serverless:GetCredentials'], resources: [warehouse.workgroup.arn] });
  },
};

function allowStatements(role: IamRole, { warehouse }: Resources, { writes }: { writes: boolean }): void {
  allow(role, writes ? 'Statements' : 'Queries', {
    actions: [
      'redshift-data:ExecuteStatement',
      ...(writes ? ['redshift-data:BatchExecuteStatement'] : []),
      'redshift-serverless:GetCredentials',
    ],
    resources: [warehouse.workgroup.arn],
  });
  allowOwnStatements(role, { lists: writes });
}

/** `lists`: what takes effect once is looked for among the statements of before */
export function allowOwnStatements(role: IamRole, { lists }: { lists: boolean }): void {
  // no condition on the session: another task re-attaches to the statement of one that died
  allow(role, lists ? 'OwnStatements' : 'OwnQueries', {
    actions: [
      'redshift-data:DescribeStatement',
      'redshift-data:GetStatementResult',
      ...(lists ? ['redshift-data:ListStatements'] : []),
      'redshift-data:CancelStatement',
    ],
    resources: ['*'],
    pattern: noResource,
  });
}

function allowSources(role: IamRole, { sourceBuckets, sourceRoles }: Resources): void {
  if (sourceRoles.length > 0) allow(role, 'SourceRoles', { actions: ['sts:AssumeRole'], resources: sourceRoles });
  if (sourceBuckets.length === 0) return;
  allow(role, 'SourceBuckets', {
    actions: ['s3:ListBucket'],
    resources: sourceBuckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}`),
  });
  allow(role, 'SourceObjects', {
    actions: ['s3:GetObject'],
    resources: sourceBuckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}/*`),
    pattern: 'the objects of a bucket that its owner gives whole',
  });
}

function allowEvents(role: IamRole, { sourceQueues: addresses, sourceBuckets }: Omit<Resources, 'lake'>): void {
  if (addresses.length === 0) return;
  if (sourceBuckets.length > 0) {
    allow(role, 'EventVersions', {
      actions: ['s3:GetObjectVersion'],
      resources: sourceBuckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}/*`),
      pattern: 'an event names the version of its object',
    });
  }
  allow(role, 'SourceQueues', {
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
    resources: addresses.map((address) => {
      const [, region, account, name] = queueAddress.exec(address) ?? [];
      return `arn:${Aws.PARTITION}:sqs:${region}:${account}:${name}`;
    }),
  });
}

function allowEmail(role: IamRole, from: string): void {
  allow(role, 'Email', {
    actions: ['ses:SendEmail'],
    resources: [`arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:identity/*`],
    pattern:
      'SES verifies the address or its domain, and in its sandbox asks for the recipients too: the sender is the boundary',
    conditions: { StringEquals: { 'ses:FromAddress': from } },
  });
}

/** the ledger is all that the orchestration reads there, and it writes nothing */
const databaseRoles: Partial<Record<Role, string>> = {
  workflows: 'analyst',
  warehouse: 'loader',
  transform: 'transformer',
};

/** permissions of a worker with these roles, on AWS and in the database */
export function permit(role: IamRole, roles: Role[], resources: Resources): void {
  for (const one of roles) permissions[one](role, resources);
  const inDatabase = roles.flatMap((one) => databaseRoles[one] ?? []);
  // Redshift Serverless gives who signs in by IAM the database roles of this tag
  if (inDatabase.length > 0) Tags.of(role).add('RedshiftDbRoles', inDatabase.join(':'));
}

import { Tags } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.js';
import { adminSecretPattern } from '../warehouse/external-schema.js';
import { allowOwnStatements, byRun, type Resources } from './permissions.js';

/** what commands do themselves; what they start is done by workers, with their permissions */
export function permitOperator(role: Role, { lake, warehouse, sourceSecrets }: Resources): void {
  const buckets = [lake.bucket, ...lake.rawBuckets];
  allow(role, 'LookAtRuns', {
    actions: ['s3:GetObject'],
    resources: ['definitions', 'runs', 'rejected', 'artifacts'].map((prefix) =>
      lake.bucket.arnForObjects(`${prefix}/*`),
    ),
    pattern: byRun,
  });
  // notes, marks and lists of runs to make again; docs of dbt; the sample that `doctor --with-sample` loads
  allow(role, 'WriteOfRuns', {
    actions: ['s3:PutObject'],
    resources: [
      ...['runs/*', 'artifacts/dbt/docs/*'].map((keys) => lake.bucket.arnForObjects(keys)),
      ...buckets.map((bucket) => bucket.arnForObjects('raw/*')),
    ],
    pattern: byRun,
  });
  allow(role, 'LookForBuckets', { actions: ['s3:ListBucket'], resources: buckets.map(({ bucketArn }) => bucketArn) });
  allow(role, 'LakeKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [lake.key.keyArn] });
  // signed in by the secret of the administrator
  allow(role, 'Administrate', {
    actions: ['redshift-data:ExecuteStatement', 'redshift-data:BatchExecuteStatement'],
    resources: [warehouse.workgroup.arn],
  });
  allowOwnStatements(role, { lists: false });
  allow(role, 'AdminSecret', {
    actions: ['secretsmanager:GetSecretValue'],
    resources: [warehouse.adminSecret.arn],
    pattern: adminSecretPattern,
  });
  allow(role, 'DecryptSecret', { actions: ['kms:Decrypt'], resources: [warehouse.key.keyArn] });
  const secrets = [...new Set(sourceSecrets)];
  if (secrets.length > 0) {
    allow(role, 'SourceSecrets', { actions: ['secretsmanager:GetSecretValue'], resources: secrets });
  }
  // `docs`, which asks dbt to describe the warehouse
  allow(role, 'Connect', { actions: ['redshift-serverless:GetCredentials'], resources: [warehouse.workgroup.arn] });
  Tags.of(role).add('RedshiftDbRoles', 'transformer');
}

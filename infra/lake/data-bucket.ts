import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { EnvironmentSettings } from '../settings.js';
import { lifecycle } from './lifecycle.js';

interface Options {
  settings: EnvironmentSettings;
  key: Key;
  logs: IBucket;
  /** the name a definition gives; else CloudFormation's choice */
  name?: string;
}

/** a bucket of data; no condition on the network, which would stop COPY and Spectrum */
export function dataBucket(stack: Stack, id: string, { settings, key, logs, name }: Options): IBucket {
  const bucket = new Bucket(stack, id, {
    ...(name && { bucketName: name }),
    versioned: true,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: `s3/${name ?? 'lake'}/`,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: lifecycle(settings.lake),
  }) as IBucket;
  // an attempt that runs again writes the same bytes under the same key: the version before it stays
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'RawIsNeverDeleted',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObjectRetention', 's3:BypassGovernanceRetention'],
      resources: [bucket.arnForObjects('raw/*')],
    }),
  );
  return bucket;
}

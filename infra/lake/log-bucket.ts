import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, type IBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../acknowledge.js';
import type { EnvironmentSettings } from '../settings.js';

/** access logs of buckets and load balancers, which S3's own keys must encrypt */
export function logBucket(stack: Stack, { lake }: EnvironmentSettings): IBucket {
  // the class and its interface disagree on undefined
  const bucket = new Bucket(stack, 'Logs', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { expiration: Duration.days(lake.logDays), noncurrentVersionExpiration: Duration.days(7) },
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  }) as IBucket;
  acknowledge(bucket, 'S1', 'the bucket of the access logs would log itself');
  return bucket;
}

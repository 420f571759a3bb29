import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { makeStack, output } from '../make-stack.js';
import type { EnvironmentSettings } from '../settings.js';
import { dataBucket } from './data-bucket.js';
import { logBucket } from './log-bucket.js';

export interface Lake {
  stack: Stack;
  bucket: IBucket;
  /** buckets that definitions name for their raw objects */
  rawBuckets: IBucket[];
  logs: IBucket;
  key: Key;
}

export function lakeStack(scope: Construct, settings: EnvironmentSettings): Lake {
  const stack = makeStack(scope, settings, 'lake', 'raw, stage, rejected and processed objects');
  const key = new Key(stack, 'Key', {
    description: 'objects of the lake',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const logs = logBucket(stack, settings);
  const bucket = dataBucket(stack, 'Bucket', { settings, key, logs });
  const rawBuckets = Object.entries(settings.lake.rawBuckets).map(([known, name]) =>
    dataBucket(stack, `Raw-${known}`, { settings, key, logs, name }),
  );
  output(stack, 'LakeBucket', bucket.bucketName, 'bucket of the lake');
  output(stack, 'RawBuckets', rawBuckets.map(({ bucketName }) => bucketName).join(',') || '-', 'further raw buckets');
  output(stack, 'LogBucket', logs.bucketName, 'access logs');
  output(stack, 'LakeKey', key.keyArn, 'key of the lake');
  return { stack, bucket, rawBuckets, logs, key };
}

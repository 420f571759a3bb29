import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Role as IamRole } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.js';
import type { Lake } from '../lake/stack.js';
import type { ProjectFacts } from '../project/facts.js';
import type { EnvironmentSettings } from '../settings.js';

type Pipeline = Pick<ProjectFacts['pipelines'][number], 'name' | 'rawBucket'>;

/** raw objects of some pipelines, and results beside them; nothing that could be read */
export function permitRaw(role: IamRole, pipelines: Pipeline[], lake: Lake, settings: EnvironmentSettings): void {
  allow(role, 'RawObjects', {
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    resources: pipelines.map(({ name, rawBucket }) =>
      rawBucketOf(settings, lake, rawBucket).arnForObjects(`raw/${name}/*`),
    ),
    pattern: 'objects are named by pipeline, interval and run',
  });
  allow(role, 'RawKey', { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [lake.key.keyArn] });
}

function rawBucketOf({ lake: { rawBuckets } }: EnvironmentSettings, lake: Lake, named: string | undefined): IBucket {
  const at = Object.keys(rawBuckets).findIndex((known) => known === named);
  return lake.rawBuckets[at] ?? lake.bucket;
}

import { Duration } from 'aws-cdk-lib';
import { StorageClass, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { superseded } from 'waterclock/facts';
import type { EnvironmentSettings } from '../settings.js';

/** raw and processed files stay; what can be made again, and what nobody points to any more, goes */
export function lifecycle({ stageDays, rejectedDays, supersededDays }: EnvironmentSettings['lake']): LifecycleRule[] {
  const gone = (prefix: string, days: number): LifecycleRule => ({
    id: prefix.replace('/', ''),
    prefix,
    expiration: Duration.days(days),
    noncurrentVersionExpiration: Duration.days(1),
  });
  return [
    gone('stage/', stageDays),
    gone('rejected/', rejectedDays),
    {
      id: 'superseded',
      prefix: 'processed/',
      tagFilters: superseded,
      expiration: Duration.days(supersededDays),
    },
    ...['processed/', 'runs/', 'artifacts/'].map((prefix) => ({
      id: `replaced-${prefix.replace('/', '')}`,
      prefix,
      noncurrentVersionExpiration: Duration.days(supersededDays),
    })),
    {
      id: 'raw',
      prefix: 'raw/',
      transitions: [{ storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(90) }],
    },
    { id: 'unfinished', abortIncompleteMultipartUploadAfter: Duration.days(2) },
  ];
}

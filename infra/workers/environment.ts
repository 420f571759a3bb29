import type { Stack } from 'aws-cdk-lib';
import type { TemporalAccess } from '../temporal/access.js';
import { taskQueue } from '../task-queue.js';
import type { Resources } from './permissions.js';

/** what every container of the image is told; its digest is its version */
export function serviceEnvironment(
  stack: Stack,
  { lake, warehouse, alerts }: Resources,
  temporal: TemporalAccess,
  digest: string,
) {
  return {
    AWS_REGION: stack.region,
    ...temporal.environment,
    WATERCLOCK_TASK_QUEUE: taskQueue,
    WATERCLOCK_DEPLOYMENT: 'waterclock',
    WATERCLOCK_BUILD_ID: digest,
    WATERCLOCK_TAG_SUPERSEDED: 'true',
    WATERCLOCK_LAKE_BUCKET: lake.bucket.bucketName,
    WATERCLOCK_REDSHIFT_DATABASE: warehouse.database,
    WATERCLOCK_REDSHIFT_WORKGROUP: warehouse.workgroup.name,
    WATERCLOCK_REDSHIFT_HOST: warehouse.workgroup.host,
    WATERCLOCK_COPY_ROLE_ARN: warehouse.copyRole.roleArn,
    WATERCLOCK_CATALOG: warehouse.catalog,
    // the target with plain schemas; `dev` is for a developer's own
    WATERCLOCK_DBT_TARGET: 'prod',
    WATERCLOCK_ALERT_SNS_TOPIC_ARN: alerts.topicArn,
    ...(temporal.webUi && { WATERCLOCK_WEB_UI: temporal.webUi }),
  };
}

/** throws for a setting that the deployment itself makes */
export function withSettings(own: Record<string, string>, settings: Record<string, string>): Record<string, string> {
  const taken = Object.keys(settings).filter((name) => name in own);
  if (taken.length > 0) throw new Error(`workers.settings: the deployment sets ${taken.join(', ')} itself`);
  return { ...own, ...settings };
}

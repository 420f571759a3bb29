import type { Stack } from 'aws-cdk-lib';
import { rawBucketsVariable, writeRawBuckets } from 'waterclock/facts';
import type { EnvironmentSettings } from '../settings.js';
import { taskQueue } from '../task-queue.js';
import type { TemporalAccess } from '../temporal/access.js';
import type { Resources } from './permissions.js';

/** variables of every container of the image; its digest is its version */
export function serviceEnvironment(
  stack: Stack,
  settings: EnvironmentSettings,
  { lake, warehouse, alerts }: Resources,
  temporal: TemporalAccess,
  digest: string,
): Record<string, string> {
  const renamed = Object.entries(settings.lake.rawBuckets).filter(([known, bucket]) => known !== bucket);
  const own = {
    AWS_REGION: stack.region,
    ...temporal.environment,
    WATERCLOCK_TASK_QUEUE: taskQueue,
    WATERCLOCK_DEPLOYMENT: 'waterclock',
    WATERCLOCK_BUILD_ID: digest,
    WATERCLOCK_TAG_SUPERSEDED: 'true',
    WATERCLOCK_LAKE_BUCKET: lake.bucket.bucketName,
    ...(renamed.length > 0 && { [rawBucketsVariable]: writeRawBuckets(Object.fromEntries(renamed)) }),
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
  refuseTaken(settings, [...Object.keys(own), ...madeByTask]);
  return { ...own, ...settings.workers.settings };
}

/** variables that one task or another has beside those of all */
const madeByTask = [
  'WATERCLOCK_ROLES',
  'WATERCLOCK_METRICS_ADDRESS',
  'WATERCLOCK_REDSHIFT_SECRET_ARN',
  'WATERCLOCK_REDSHIFT_LOADER',
  'WATERCLOCK_INGEST_SLOTS',
  'WATERCLOCK_WAREHOUSE_SLOTS',
  'WATERCLOCK_TRANSFORM_SLOTS',
  'WATERCLOCK_TASK_ROLE_ARN',
  'WATERCLOCK_ECS_CLUSTER',
  'WATERCLOCK_ECS_SUBNETS',
  'WATERCLOCK_ECS_SECURITY_GROUPS',
  'WATERCLOCK_ECS_FAMILIES',
  'WATERCLOCK_ECS_PUBLIC_ADDRESS',
  'WATERCLOCK_ALERT_SLACK_URL',
  'WATERCLOCK_ALERT_WEBHOOK_URL',
  'WATERCLOCK_ALERT_EMAIL_FROM',
  'WATERCLOCK_ALERT_EMAIL_TO',
];

/** throws for a variable that the deployment itself makes, or that the settings give twice */
function refuseTaken({ workers }: EnvironmentSettings, own: string[]): void {
  for (const [what, given] of Object.entries({ settings: workers.settings, secrets: workers.secrets })) {
    const taken = Object.keys(given).filter((name) => own.includes(name));
    if (taken.length > 0) throw new Error(`workers.${what}: the deployment sets ${taken.join(', ')} itself`);
  }
  const twice = Object.keys(workers.secrets).filter((name) => name in workers.settings);
  if (twice.length > 0) throw new Error(`workers.settings and workers.secrets both give ${twice.join(', ')}: keep one`);
}

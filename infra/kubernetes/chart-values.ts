import type { Environment } from '../add-environment.js';
import { placeOf } from '../settings/given-value.js';
import type { KubernetesInput } from './input.js';

interface Given {
  region: string;
  /** name of the role that loads */
  loader: string;
  temporal: KubernetesInput['temporal'];
  /** definitions run images, as Jobs */
  hasTasks: boolean;
  /** role of programs beside a worker */
  programs: string | undefined;
}

/** what the other stacks made and the settings say, as the chart takes it; the image's tag and secrets of the cluster come beside */
export function chartValues(
  { settings, lake, warehouse, registry, alerts, temporal: made }: Environment,
  { region, loader, temporal, hasTasks, programs }: Given,
): object {
  const { workers, alerts: channels } = settings;
  const renamed = Object.entries(settings.lake.rawBuckets).filter(([known, bucket]) => known !== bucket);
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: inNamespace, TEMPORAL_TLS: tls, ...others } = made.environment;
  const byStack = {
    temporal: { address, namespace: inNamespace, tls: tls === 'true', ...(made.webUi && { webUi: made.webUi }) },
    settings: { ...others, WATERCLOCK_ALERT_SNS_TOPIC_ARN: alerts.topicArn, ...workers.settings },
  };
  const places = Object.entries(workers.secrets).map(([name, value]) => [name, placeOf(value)]);
  const { email } = channels;
  return {
    image: { repository: registry.repository.repositoryUri },
    aws: { region },
    ...(temporal ? { temporal, settings: workers.settings } : byStack),
    lake: { bucket: lake.bucket.bucketName, rawBuckets: Object.fromEntries(renamed) },
    warehouse: {
      database: warehouse.database,
      workgroup: warehouse.workgroup.name,
      host: warehouse.workgroup.host,
      copyRoleArn: warehouse.copyRole.roleArn,
      catalog: warehouse.catalog,
      loader: `IAMR:${loader}`,
      administratorSecretArn: warehouse.adminSecret.name,
    },
    ...(hasTasks && { tasks: { enabled: true } }),
    workers: {
      // places of secrets, which are read where they are used
      ingest: {
        settings: {
          ...(Object.fromEntries(places) as Record<string, string>),
          ...(programs !== undefined && { WATERCLOCK_TASK_ROLE_ARN: programs }),
        },
      },
      ...(email &&
        !temporal && {
          workflows: {
            settings: { WATERCLOCK_ALERT_EMAIL_FROM: email.from, WATERCLOCK_ALERT_EMAIL_TO: email.to.join(',') },
          },
        }),
    },
  };
}

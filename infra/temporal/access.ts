import type { Secret } from 'aws-cdk-lib/aws-ecs';
import type { AlarmRow } from '../observability/alarm-row.js';

/** how clients reach Temporal: what every task of the image is given */
export interface TemporalAccess {
  namespace: string;
  environment: Record<string, string>;
  /** TEMPORAL_API_KEY, where there is authorization */
  secrets: Record<string, Secret>;
  webUi?: string;
  /** of what runs for it, by name */
  alarms?: Record<string, AlarmRow>;
}

import type { Secret } from 'aws-cdk-lib/aws-ecs';

/** how clients reach Temporal: what every task of the image is given */
export interface TemporalAccess {
  namespace: string;
  environment: Record<string, string>;
  /** TEMPORAL_API_KEY, where there is authorization */
  secrets: Record<string, Secret>;
  webUi?: string;
}

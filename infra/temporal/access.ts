import type { AlarmRow } from '../observability/alarm-row.js';

/** how clients reach Temporal: what every task of the image is given */
export interface TemporalAccess {
  namespace: string;
  environment: Record<string, string>;
  /** ARN of the secret that TEMPORAL_API_KEY names, where there is authorization: tasks read it again while they run */
  token?: string;
  webUi?: string;
  /** of what runs for it, by name */
  alarms?: Record<string, AlarmRow>;
}

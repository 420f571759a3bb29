import type { Interval } from './interval.js';
import type { AlertChannel, AlertKind } from './policy.js';

/** what is told to people, the same on every channel */
export interface Alert {
  kind: AlertKind;
  /** or the build of dbt on a schedule, as `build:daily` */
  pipeline: string;
  /** the run's name, or what else is spoken of; the alert's id is made of it */
  subject: string;
  /** absent when it is about a build of dbt on a schedule */
  interval?: Interval;
  step?: string;
  /** what happened, in words */
  message: string;
  /** what the reader can do about it */
  remedy?: string;
  /** the execution that it is about: each of a run raises its own alert; absent when it is about the interval */
  execution?: string;
  /** of the pipeline, as its definition says */
  owner?: string;
  tags?: string[];
  /** the workflow that the link leads to */
  workflowId: string;
  runId?: string;
}

/** input of the workflow `alert` */
export interface AlertInput {
  alert: Alert;
  channels: AlertChannel[];
}

/** once for a kind, subject and execution: already started means already told */
export function alertId({ kind, subject, execution }: Pick<Alert, 'kind' | 'subject' | 'execution'>): string {
  return `alert-${kind}-${subject}${execution ? `-${execution}` : ''}`;
}

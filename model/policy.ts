import type { Step } from './steps.js';

/** what an alert can be about */
export const alertKinds = ['failed', 'late', 'gap', 'rejected', 'unmatched', 'recovered'] as const;
export type AlertKind = (typeof alertKinds)[number];

/** where alerts go; their addresses are settings */
export const alertChannels = ['log', 'webhook', 'slack', 'sns', 'email'] as const;
export type AlertChannel = (typeof alertChannels)[number];

/** how often and how long one step is tried, ms */
export interface StepRetry {
  /** until the retry budget ends when absent; without a budget, without end */
  attempts?: number;
  initial: number;
  backoff: number;
  maximum: number;
  /** of one attempt */
  timeout: number;
}

/** what must be there before a run extracts */
interface WaitFor {
  /** `s3://bucket/key`, or a key of the source's bucket; `{dt}`, `{hr}`, `{start}` and `{end}` are the interval's */
  marker?: string;
  /** objects that the source lists for the interval */
  minimumObjects?: number;
  /** ms */
  every: number;
  timeout: number;
}

/** how runs of a pipeline are looked after; plain data, part of the plan */
export interface Policy {
  /** who answers for the pipeline; part of every alert */
  owner?: string;
  /** what it is filed under; absent when there are none */
  tags?: string[];
  /** `park`: a failed step waits for a person */
  onFailure: 'fail' | 'park';
  /** ms that a parked run waits */
  parkFor: number;
  retries: Partial<Record<Step, StepRetry>>;
  /** ms that a step may go on failing; when absent, a scheduled run has the time between two intervals, others none */
  retryBudget?: number | 'unlimited';
  alerts: Partial<Record<AlertKind, AlertChannel[]>>;
  waitFor?: WaitFor;
  /** pipelines whose intervals must have loaded before */
  after: string[];
  /** ms after due at which an interval that had loaded runs again */
  settle: number[];
}

/** who hears of a pipeline's runs, and whose they are */
export type Audience = Pick<Policy, 'alerts' | 'owner' | 'tags'>;

export function audienceOf({ alerts, owner, tags }: Policy): Audience {
  return { alerts, ...(owner && { owner }), ...(tags && { tags }) };
}

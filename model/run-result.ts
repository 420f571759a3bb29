import type { RunRef } from './keys.js';
import type { RecordCounts, RowCounts, Validated } from './plan.js';

/** a failure as people read it */
export interface Failure {
  step: string;
  entity?: string;
  type: string;
  message: string;
}

/** details of the failure of a validation that refuses what it counted */
export type RefusedCounts = Pick<Validated, 'counts' | 'entities'>;

/** details of the failure of a run: what `retry` begins with */
export interface FailedSteps {
  failedSteps: string[];
  /** type of each one's error, in the same order; absent in runs of earlier versions */
  types?: string[];
}

export interface RunResult {
  run: RunRef;
  counts?: RecordCounts;
  entities: Record<string, RowCounts & { loaded?: number }>;
  late: boolean;
}

/**
 * `partial`: asked to end before the load; `skipped`: failed, and a person said to leave it;
 * `marked`: no run at all, a person said that the interval is done
 */
export type RunStatus = 'completed' | 'partial' | 'skipped' | 'marked' | 'failed' | 'cancelled';

import type { Grid, Interval } from './interval.js';
import type { Trigger } from './keys.js';
import type { Params } from './params.js';
import type { DbtResult } from './dbt.js';
import type { RunInput } from './plan.js';
import type { ListedIntervals } from './missing.js';
import type { Step } from './steps.js';

/** which intervals that ran before run again: none, those that did not load, or all of them */
export const reprocessings = ['none', 'failed', 'completed'] as const;
export type Reprocess = (typeof reprocessings)[number];

/** input of the workflow `backfill` */
export interface BackfillInput {
  pipeline: string;
  /** ISO, on the grid; `to` is not included */
  from: string;
  to: string;
  grid: Grid;
  /** `failed` when absent */
  reprocess?: Reprocess;
  /** newest interval first */
  backwards?: boolean;
  /** intervals may lose all rows that they hold */
  allowEmpty?: true;
  /** `backfill` when absent */
  trigger?: Trigger;
  /** first step to run, on what each interval's newest run left in the lake */
  fromStep?: Step;
  maxActive: number;
  dbt: RunInput['dbt'];
  dbtSelect?: string;
  dbtTarget: string;
  /** ms */
  heartbeatTimeout: number;
  params: Params;
  /** instead of the range's intervals: runs that are made again, in order */
  retries?: Retry[];
  /** instead of the range's intervals: exactly these, oldest first */
  listed?: ListedIntervals;
  /** what an execution hands to the one that continues it */
  carried?: BackfillState;
}

/** an interval whose steps from `from` on are done anew; `source`, the earlier run, is absent when all are */
export interface Retry {
  interval: Interval;
  from: Step;
  source?: string;
  /** those of the earlier run */
  params?: Params;
}

export interface BackfillState {
  progress: BackfillResult;
  /** when the backfill began: a run that began later is its own */
  since: string;
  /** the grid point up to which intervals were taken */
  next: string;
  inFlight: Interval[];
  maxActive: number;
  isPaused: boolean;
  isCancelled: boolean;
}

/** result of `backfill`, and of its query `progress` while it works */
export interface BackfillResult {
  pipeline: string;
  status: 'running' | 'paused' | 'cancelling' | 'cancelled' | 'completed';
  total: number;
  /** runs that this backfill started or attached to */
  started: number;
  loadedEarlier: number;
  succeeded: number;
  /** those that wait for `waterclock resolve` among them */
  failedCount: number;
  /** the first of them */
  failed: { run: string; error: string }[];
  /** names of the runs under way */
  active: string[];
  maxActive: number;
  dbt?: DbtResult;
}

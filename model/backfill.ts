import type { Grid } from './interval.js';
import type { Trigger } from './keys.js';
import type { Params } from './params.js';
import type { DbtResult } from './dbt.js';
import type { Hold, Streak, Taken } from './hold.js';
import type { RunInput } from './plan.js';
import type { ListedIntervals } from './listed-intervals.js';
import type { Audience } from './policy.js';
import type { Retry } from './retry.js';
import type { Step } from './steps.js';

/** which intervals that ran before run again: none, those that did not load, or all of them */
export const reprocessings = ['none', 'failed', 'completed'] as const;
export type Reprocess = (typeof reprocessings)[number];

/** each waits in a slot of a worker, and is asked for again when an execution continues as new */
const mostActive = 100;

/** what is wrong with this number of runs at a time; the one place that knows, for command, Update and workflow */
export function maxActiveProblem(count: unknown): string | undefined {
  if (Number.isInteger(count) && Number(count) >= 1 && Number(count) <= mostActive) return undefined;
  return `max-active is a whole number from 1 to ${mostActive}, got ${String(count)}`;
}

/** input of the workflow `backfill`; its audience hears that it pauses itself, and that it goes on */
export interface BackfillInput extends Partial<Audience> {
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
  /** failures of a common cause are listed like others: it never pauses itself */
  keepGoing?: true;
  /** of ranges of retries of earlier versions, which a payload had to hold: runs that are made again, in order */
  retries?: Retry[];
  /** instead of the range's intervals: exactly these, oldest first; of a range of retries with what each does */
  listed?: ListedIntervals;
  /** its intervals are known to have run: each runs again, with the params that it had */
  again?: true;
  /** what used the intervals that it loads runs again too, at its end */
  downstream?: true;
  /** what an execution hands to the one that continues it */
  carried?: BackfillState;
}

export interface BackfillState {
  progress: BackfillResult;
  /** ISO, to the millisecond: when the backfill began; a run that began later is its own */
  since: string;
  /** the grid point up to which intervals were taken */
  next: string;
  inFlight: Taken[];
  /** failed of a common cause, and tried again before the rest of the range; absent in earlier versions, like what follows */
  again?: Taken[];
  streak?: Streak;
  keepGoing?: boolean;
  maxActive: number;
  isPaused: boolean;
  isCancelled: boolean;
  /** cancelled with its runs */
  endsNow?: boolean;
}

/** result of `backfill`, and of its query `progress` while it works */
export interface BackfillResult {
  pipeline: string;
  /** `paused` by a person, or by itself when there is a `hold` */
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
  /** ISO; when it began. Absent in backfills of earlier versions */
  since?: string;
  /** why it paused itself; absent while it has not */
  hold?: Hold;
  /** intervals that failed of that cause and are tried again */
  toTryAgain?: number;
  dbt?: DbtResult;
}

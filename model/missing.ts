import type { ListedIntervals } from './listed-intervals.js';
import type { BackfillInput } from './backfill.js';
import { satisfies } from './run-status.js';
import { dueAt, intervalsBetween, lastComplete, type Grid, type Interval } from './interval.js';
import type { Audience } from './policy.js';

/** what the watch knows of a pipeline's schedule */
export interface Watched {
  grid: Grid;
  /** no interval that begins before it is looked at, epoch ms */
  start?: number;
  /** ms; how far back is looked */
  catchup: number;
  /** ms after due */
  deadline?: number;
  /** ms after due at which a loaded interval runs again */
  settle: number[];
  /** it has no past: only its last complete interval counts */
  snapshot: boolean;
}

/** the newest run of an interval that closed */
export interface Closed {
  start: string;
  status: string;
  /** ISO */
  finishedAt: string;
}

export interface Findings {
  /** not loaded, and past their deadline */
  late: Interval[];
  /** neither a run nor a row in the ledger */
  missing: Interval[];
  /** loaded before the source had settled */
  unsettled: Interval[];
}

/** what a look has to act on: nothing of it was noticed before */
export interface Noticed extends Audience {
  grid: Grid;
  /** of a backfill of what is missing */
  backfill: Pick<BackfillInput, 'maxActive' | 'dbtSelect' | 'dbtTarget' | 'heartbeatTimeout'>;
  late?: ListedIntervals;
  missing?: ListedIntervals;
  unsettled?: ListedIntervals;
}

/** due intervals that the watch looks at: those within `catchup`, and those whose last settling is */
export function watchedIntervals({ grid, start, catchup, settle, snapshot }: Watched, now: number): Interval[] {
  const last = lastComplete(grid, now);
  if (snapshot) return start !== undefined && Date.parse(last.start) < start ? [] : [last];
  const from = Math.max(start ?? -Infinity, now - catchup - Math.max(0, ...settle));
  return intervalsBetween(grid, from, Date.parse(last.end));
}

/**
 * what is late, missing or to be run again among the intervals of `watchedIntervals`;
 * `hasRun`: names of intervals (their start) that have a run, running or closed, that the ledger does not know
 */
export function findingsOf(watched: Watched, now: number, closed: Closed[], hasRun: Set<string>): Findings {
  const { grid, catchup, deadline, settle } = watched;
  const newest = new Map(closed.map((run) => [run.start, run]));
  const found: Findings = { late: [], missing: [], unsettled: [] };
  for (const interval of watchedIntervals(watched, now)) {
    const run = newest.get(interval.start);
    const due = dueAt(grid, interval);
    const isRecent = watched.snapshot || Date.parse(interval.start) >= now - catchup;
    if (run && satisfies(run.status)) {
      const finished = Date.parse(run.finishedAt);
      const isUnsettled = settle.some(
        (after) => due + after <= now && finished < due + after && due + after > now - catchup,
      );
      if (run.status === 'completed' && isUnsettled) found.unsettled.push(interval);
      continue;
    }
    if (!isRecent) continue;
    if (deadline !== undefined && due + deadline < now) found.late.push(interval);
    if (!run && !hasRun.has(interval.start)) found.missing.push(interval);
  }
  return found;
}

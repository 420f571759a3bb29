import { log } from '@temporalio/activity';
import { newestOf, type ClosedRun } from '../model/closed-run.js';
import type { Interval } from '../model/interval.js';
import { findingsOf, watchedIntervals, type Watched } from '../model/missing.js';
import { runName } from '../model/names.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { knownRuns } from './known-runs.js';
import { statusesOf } from './status-of.js';

/** what is known of a pipeline's due intervals */
export interface Seen {
  closed: ClosedRun[];
  /** starts of those with a run that the lake has no object of */
  hasRun: Set<string>;
  /** those of them whose run has ended: Temporal need not be asked again, and may forget them */
  ran: Set<string>;
  /** it completed, and the ledger could not say of what */
  unsure: Set<string>;
}

/**
 * the lake says what ended, Temporal what runs; neither Temporal nor the ledger is asked twice about an interval whose run has
 * ended
 */
export function seenRuns(dependencies: Dependencies) {
  const known = knownRuns(dependencies);

  /** of a worker of an earlier version, which wrote them into the ledger alone; undefined while that is away */
  async function recorded(name: string, intervals: Interval[], alive: Alive): Promise<ClosedRun[] | undefined> {
    const range = { from: intervals[0]?.start ?? '', to: intervals.at(-1)?.end ?? '' };
    try {
      return await known.copyLedger(name, range, alive);
    } catch (error) {
      if (alive.signal.aborted) throw error;
      log.warn('the ledger could not say what a run of an earlier version loaded', { error: String(error) });
      return undefined;
    }
  }

  /** `ranBefore`: starts of intervals that an earlier look had in `ran` */
  return async (name: string, watched: Watched, now: number, ranBefore: string[], alive: Alive): Promise<Seen> => {
    const seen: Seen = { closed: [], hasRun: new Set(), ran: new Set(), unsure: new Set() };
    const intervals = watchedIntervals(watched, now);
    const [first] = intervals;
    const last = intervals.at(-1);
    if (!first || !last) return seen;
    seen.closed = await known.between(name, { from: first.start, to: last.end }, alive);
    const ended = new Set(seen.closed.map(({ start }) => start));
    seen.ran = new Set(ranBefore.filter((start) => start >= first.start && !ended.has(start)));

    const open = findingsOf(watched, now, seen.closed, seen.ran).missing;
    const statuses = await statusesOf(dependencies.client, open, (interval) => runName(name, interval), alive.sign);
    const unrecorded = open.filter((interval) => statuses.get(interval) === 'COMPLETED');
    if (unrecorded.length > 0) {
      const rows = await recorded(name, unrecorded, alive);
      if (!rows) seen.unsure = new Set(unrecorded.map(({ start }) => start));
      seen.closed = newestOf([...seen.closed, ...(rows ?? [])]);
    }
    for (const [{ start }, status] of statuses) {
      seen.hasRun.add(start);
      if (status !== 'RUNNING' && !seen.unsure.has(start)) seen.ran.add(start);
    }
    for (const start of seen.ran) seen.hasRun.add(start);
    return seen;
  };
}

import type { ListedInterval } from './retry.js';

/** failures in a row of one cause after which a backfill pauses itself */
export const enoughFailures = 3;
/** an interval that fails in this many pauses fails by itself: it is listed, and the range goes on */
export const mostHolds = 3;
const firstWait = 60_000;
const longestWait = 1_800_000;

/** an interval that the backfill has taken from its range */
export interface Taken extends ListedInterval {
  /** ISO, of an interval that is tried again: a run that began before is not its own any more */
  since?: string;
  /** how often the backfill paused itself with this interval among the failed ones */
  holds?: number;
  /** the one run by which a backfill that paused itself asks whether the cause is gone */
  isProbe?: true;
  /** why it failed last */
  error?: string;
}

/** failures in a row of one cause, with no run that completed between */
export interface Streak {
  cause: string;
  failed: Taken[];
}

/** why a backfill paused itself, and what would end it */
export interface Hold {
  /** type of the error */
  cause: string;
  /** the newest failure, in words */
  message: string;
  /** ISO */
  since: string;
  /** runs by which it asked whether the cause is gone */
  probes: number;
  /** ISO; when it asks again */
  nextProbe: string;
}

/** what is wrong with one interval's data, or was done to one run by a person: says nothing about the next interval */
const ofOneInterval: ReadonlySet<string> = new Set([
  'NotDue',
  'MorePages',
  'SourceTooLarge',
  'UnreadablePart',
  'NothingUsable',
  'EmptiesInterval',
  'TooManyRejected',
  'ManifestMissing',
  'EmptyReplace',
  'CheckFailed',
  'CopyRejected',
  'Cancelled',
  'Terminated',
]);

/** whether a failure of this type is likely to meet every other interval too */
export function isCommonCause(cause: string | undefined): cause is string {
  return cause !== undefined && !ofOneInterval.has(cause);
}

/** ms until the next probe: 1, 2, 4, ... 30 minutes */
export function probeWait(probes: number): number {
  return Math.min(longestWait, firstWait * 2 ** Math.min(probes, 10));
}

export function addToStreak(streak: Streak | undefined, cause: string, taken: Taken): Streak {
  const earlier = streak?.cause === cause ? streak.failed : [];
  return { cause, failed: [...earlier, taken] };
}

/** what a paused backfill says of itself: in the Web UI, the command and the alert alike */
export function holdText({ cause, message, nextProbe }: Hold): string {
  return `paused itself, ${cause}: ${message}; it tries one run at ${nextProbe}, and goes on when that one does not fail so`;
}

import {
  dueAt,
  firstFrom,
  intervalsBetween,
  iso,
  isOnGrid,
  lastComplete,
  parseTime,
  type Grid,
  type Interval,
} from '../model/interval.js';
import type { Pipeline } from '../define/pipeline.js';
import { refuse } from './failure.js';

export type Scheduled = Pick<Pipeline, 'name' | 'grid' | 'start'>;

/** a time of the command line that must be a point of the grid; the refusal names its neighbours */
export function gridTime(option: string, text: string, grid: Grid): number {
  const epoch = timeOf(option, text);
  if (isOnGrid(grid, epoch)) return epoch;
  const { before, after } = neighbours(grid, epoch);
  refuse(`${option} ${text} is no point of the schedule's grid: the neighbours are ${before} and ${after}`);
}

export function timeOf(option: string, text: string): number {
  try {
    return parseTime(text);
  } catch (error) {
    refuse(`${option}: ${(error as Error).message}`);
  }
}

function neighbours(grid: Grid, epoch: number): { before: string; after: string } {
  const before = lastComplete({ ...grid, offset: 0 }, epoch).end;
  return { before, after: firstFrom(grid, epoch).start };
}

/**
 * the interval after the newest loaded one, never before the pipeline's start;
 * with neither, the last complete one; undefined when it is not due yet
 */
export function nextUnprocessed(
  pipeline: Scheduled,
  loadedUpTo: number | undefined,
  now: number,
): Interval | undefined {
  const { grid, start } = pipeline;
  if (loadedUpTo === undefined && start === undefined) return lastComplete(grid, now);
  const next = firstFrom(grid, Math.max(loadedUpTo ?? -Infinity, start ?? -Infinity));
  return dueAt(grid, next) <= now ? next : undefined;
}

/** the interval that `--interval START` names, if it may be run at all */
export function namedInterval(pipeline: Scheduled, text: string, now: number): Interval {
  const { grid } = pipeline;
  const interval = firstFrom(grid, gridTime('--interval', text, grid));
  if (pipeline.start !== undefined && Date.parse(interval.start) < pipeline.start) {
    refuse(`${pipeline.name} starts at ${iso(pipeline.start)}: nothing before it is run, got ${interval.start}`);
  }
  if (dueAt(grid, interval) > now) {
    const due = iso(dueAt(grid, interval));
    const last = lastComplete(grid, now);
    refuse(
      `${pipeline.name} ${interval.start} to ${interval.end} is not due before ${due}: the last due interval starts at ${last.start}`,
    );
  }
  return interval;
}

export interface Range {
  /** as asked for: the backfill's name stays the same while the clock moves on */
  asked: { from: string; to: string };
  from: string;
  to: string;
  intervals: number;
  /** what was left out, in words */
  notes: string[];
}

/** the due part of `[from, to)` */
export function backfillRange(pipeline: Scheduled, fromText: string, toText: string, now: number): Range {
  const { grid, name } = pipeline;
  const from = gridTime('--from', fromText, grid);
  const to = gridTime('--to', toText, grid);
  if (from >= to) refuse(`--from ${iso(from)} must be before --to ${iso(to)}`);
  const begin = Math.max(from, pipeline.start === undefined ? from : Date.parse(firstFrom(grid, pipeline.start).start));
  const end = Math.min(to, Date.parse(lastComplete(grid, now).end));
  const notes: string[] = [];
  if (begin > from) notes.push(`${name} starts at ${iso(begin)}: nothing before it is run`);
  if (end < to) notes.push(`the last due interval ends at ${iso(end)}: the backfill stops there`);
  const intervals = end > begin ? intervalsBetween(grid, begin, end).length : 0;
  if (intervals === 0) refuse(`no interval of ${name} is due in ${iso(from)} to ${iso(to)}: ${notes.join('; ')}`);
  return { asked: { from: iso(from), to: iso(to) }, from: iso(begin), to: iso(end), intervals, notes };
}

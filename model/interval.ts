/** half-open `[start, end)`, both ISO times in UTC without fractions: `2022-11-24T10:00:00Z` */
export interface Interval {
  start: string;
  end: string;
}

import { parseCron, tickAfter, tickUpTo, type CronFields } from './cron.js';

/**
 * points `every` ms apart, counted from the Unix epoch, or the ticks of a cron expression, by the clocks of `timezone`, UTC
 * when absent; an interval is due `offset` ms after its end
 */
export type Grid = { offset: number } & (
  { every: number; cron?: never; timezone?: never } | { cron: string; every?: never; timezone?: string }
);

const units: Record<string, number> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `'30 minutes'` -> 1800000; throws on anything but `<integer> <unit>[s]` */
export function duration(text: string): number {
  const match = /^(\d+) (second|minute|hour|day)s?$/.exec(text);
  const unit = match?.[2] ? units[match[2]] : undefined;
  if (!match || !unit) throw new Error(`a duration is written like '5 minutes' or '1 day', got '${text}'`);
  return Number(match[1]) * unit;
}

/** ISO in seconds, UTC */
export function iso(epoch: number): string {
  return new Date(epoch).toISOString().replace('.000Z', 'Z');
}

/** accepts ISO dates and times, UTC if bare; throws naming the text */
export function parseTime(text: string): number {
  const match = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  const epoch = match ? Date.parse(text.includes('T') && !match[4] ? `${text}Z` : text) : NaN;
  if (Number.isNaN(epoch)) throw new Error(`a time is written like 2022-11-24T10:00Z, got '${text}'`);
  return epoch;
}

export function isOnGrid(grid: Grid, epoch: number): boolean {
  return pointUpTo(grid, epoch) === epoch;
}

/** the interval that ends at this grid point */
export function intervalEnding(grid: Grid, end: number): Interval {
  return { start: iso(pointUpTo(grid, end - 1)), end: iso(end) };
}

export function dueAt(grid: Grid, interval: Interval): number {
  return Date.parse(interval.end) + grid.offset;
}

/** the newest interval that is due at `now` */
export function lastComplete(grid: Grid, now: number): Interval {
  return intervalEnding(grid, pointUpTo(grid, now - grid.offset));
}

/** the first interval that begins at or after this time */
export function firstFrom(grid: Grid, epoch: number): Interval {
  const start = pointAfter(grid, epoch - 1);
  return { start: iso(start), end: iso(pointAfter(grid, start)) };
}

/** every interval that lies whole within `[from, to)` */
export function intervalsBetween(grid: Grid, from: number, to: number): Interval[] {
  const found: Interval[] = [];
  let start = pointAfter(grid, from - 1);
  for (let end = pointAfter(grid, start); end <= to; end = pointAfter(grid, end)) {
    found.push({ start: iso(start), end: iso(end) });
    start = end;
  }
  return found;
}

/** the intervals of a grid that together hold this one */
export function intervalsCovering(grid: Grid, { start, end }: Interval): Interval[] {
  const from = pointUpTo(grid, Date.parse(start));
  const to = pointAfter(grid, Date.parse(end) - 1);
  return intervalsBetween(grid, from, to);
}

/** start of the interval that a schedule with this first slot runs first */
export function firstOfSchedule(grid: Grid, slot: number): number {
  return pointUpTo(grid, slot - 1);
}

/** the last point at or before this time */
function pointUpTo(grid: Grid, epoch: number): number {
  if (grid.every !== undefined) return Math.floor(epoch / grid.every) * grid.every;
  return tickUpTo(fieldsOf(grid.cron), epoch, grid.timezone) ?? NaN;
}

/** the first point after this time */
function pointAfter(grid: Grid, epoch: number): number {
  if (grid.every !== undefined) return (Math.floor(epoch / grid.every) + 1) * grid.every;
  return tickAfter(fieldsOf(grid.cron), epoch, grid.timezone) ?? NaN;
}

const parsed = new Map<string, CronFields>();

function fieldsOf(cron: string): CronFields {
  const fields = parsed.get(cron) ?? parseCron(cron);
  parsed.set(cron, fields);
  return fields;
}

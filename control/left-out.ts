import type { CalendarSpec } from '@temporalio/client';
import { parseCron } from '../model/cron.js';
import type { Grid } from '../model/interval.js';

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, at) => at + from);
const everyMinute = upTo(60);
const everyHour = upTo(24);

export interface LeftOut extends CalendarSpec {
  hour: number[];
  minute: number[];
}

/**
 * what the clocks never show at a tick of this grid: in zones east of Greenwich Temporal fires a second time, an hour
 * after the tick that precedes clocks that go back
 */
export function leftOut({ cron, timezone }: Grid): LeftOut[] {
  if (cron === undefined || timezone === undefined) return [];
  const { hours, minutes } = parseCron(cron);
  const calendars = [
    { hour: everyHour.filter((hour) => !hours.includes(hour)), minute: everyMinute },
    { hour: everyHour, minute: everyMinute.filter((minute) => !minutes.includes(minute)) },
  ];
  return calendars.filter(({ hour, minute }) => hour.length > 0 && minute.length > 0);
}

/** in the words of `parseCron`, as calendars of a schedule that exists are compared */
export function leftOutText({ hour: hours, minute: minutes }: LeftOut): string {
  return JSON.stringify({ minutes, hours, days: upTo(31, 1), months: upTo(12, 1), weekdays: upTo(7) });
}

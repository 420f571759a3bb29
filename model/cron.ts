import { momentsOf, offsetAt } from './zone.js';

const minute = 60_000;
const day = 86_400_000;
/** the longest wait between two 29ths of February */
const horizon = 8 * 366;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** the values of each field of a cron expression; Sunday is 0 */
export interface CronFields {
  minutes: number[];
  hours: number[];
  days: number[];
  months: number[];
  weekdays: number[];
}

/** five fields: minute, hour, day of month, month, day of week; throws naming what it cannot take */
export function parseCron(text: string): CronFields {
  const words = text.trim().split(/\s+/);
  const [minutes, hours, days, month, weekday] = words;
  if (words.length !== 5 || !minutes || !hours || !days || !month || !weekday) {
    throw new Error(`cron has five fields, minute hour day month weekday, as in '30 6 * * 1-5'; got '${text}'`);
  }
  if (days !== '*' && weekday !== '*') {
    throw new Error(
      `cron '${text}' names days of the month and of the week: programs differ in what that means, name one`,
    );
  }
  const fields = {
    minutes: values(minutes, 0, 59),
    hours: values(hours, 0, 23),
    days: values(days, 1, 31),
    months: values(month, 1, 12, months, 1),
    weekdays: [...new Set(values(weekday, 0, 7, weekdays).map((value) => value % 7))].sort((a, b) => a - b),
  };
  if (tickAfter(fields, 0) === undefined) throw new Error(`cron '${text}' never comes: no such day`);
  return fields;
}

/** the first tick after this time; undefined when none comes */
export function tickAfter(cron: CronFields, epoch: number, zone?: string): number | undefined {
  const first = dayOf(epoch, zone);
  for (let at = first; at <= first + horizon; at++) {
    const found = ticksAround(cron, at, zone).find((tick) => tick > epoch);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** the last tick at or before this time */
export function tickUpTo(cron: CronFields, epoch: number, zone?: string): number | undefined {
  const last = dayOf(epoch, zone);
  for (let at = last; at >= last - horizon; at--) {
    const found = ticksAround(cron, at, zone).findLast((tick) => tick <= epoch);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** the day that the clocks show at this time, counted from the Unix epoch */
function dayOf(epoch: number, zone: string | undefined): number {
  return Math.floor((epoch + (zone === undefined ? 0 : offsetAt(zone, epoch))) / day);
}

/** ticks of a day and its neighbours, in order: around clocks that go back over midnight their times come mixed */
function ticksAround(cron: CronFields, at: number, zone?: string): number[] {
  if (zone === undefined) return ticksOf(cron, at);
  return [at - 1, at, at + 1].flatMap((of) => ticksOf(cron, of, zone)).sort((a, b) => a - b);
}

/** ticks of one such day, in order */
function ticksOf({ minutes, hours, days, months, weekdays }: CronFields, at: number, zone?: string): number[] {
  const date = new Date(at * day);
  const isDay =
    days.includes(date.getUTCDate()) && months.includes(date.getUTCMonth() + 1) && weekdays.includes(date.getUTCDay());
  const shown = isDay ? hours.flatMap((hour) => minutes.map((of) => at * day + (hour * 60 + of) * minute)) : [];
  return zone === undefined ? shown : momentsOf(zone, shown);
}

/** a list of `*`, `a`, `a-b`, each with an optional `/step` */
function values(text: string, low: number, high: number, names: string[] = [], base = 0): number[] {
  const found = new Set<number>();
  const number = (word: string): number => {
    const named = names.indexOf(word.toLowerCase());
    const value = named >= 0 ? named + base : /^\d{1,2}$/.test(word) ? Number(word) : NaN;
    if (!(value >= low && value <= high))
      throw new Error(`cron field '${text}': '${word}' is not in ${low} to ${high}`);
    return value;
  };
  for (const item of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/([1-9]\d?))?$/.exec(item) ?? [];
    const [from = '', to] = range === '*' ? [String(low), String(high)] : range.split('-');
    const first = number(from);
    const last = to === undefined ? (step ? high : first) : number(to);
    if (first > last) throw new Error(`cron field '${text}': ${item} ends before it begins`);
    for (let value = first; value <= last; value += Number(step ?? 1)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

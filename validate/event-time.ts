import { exactNumber } from '../model/exact-number.js';
import { parsePath, pathText } from '../model/field-path.js';
import type { Interval } from '../model/interval.js';
import { fastMicros } from './fast-values.js';
import { valueAt } from '../model/value-at.js';

/** what a number counts since 1970; `iso` is text only */
type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'iso';

/** path of a record's time: ISO text or epoch milliseconds, or in the unit that is declared */
export type EventTimeOptions = string | { at: string; unit: TimeUnit };

export interface EventTime {
  path: string[];
  /** undefined: text is ISO, a number counts milliseconds */
  unit?: TimeUnit;
}

const perMillisecond = { seconds: 1 / 1000, milliseconds: 1, microseconds: 1000 };

export function parseEventTime(given: EventTimeOptions): EventTime {
  const { at, unit } = typeof given === 'string' ? { at: given } : given;
  return { path: parsePath(at), ...(unit && { unit }) };
}

export function eventTimeProblem(given: EventTimeOptions): string | undefined {
  const { at, unit = 'iso' }: { at: string; unit?: string } = typeof given === 'string' ? { at: given } : given;
  if (!at) return "eventTime names no field: give the path of a record's time";
  if (unit === 'iso' || Object.hasOwn(perMillisecond, unit)) return undefined;
  return `eventTime has the unit '${unit}': use seconds, milliseconds, microseconds or iso`;
}

/** epoch milliseconds of a record; undefined when it has no time that can be read */
export function eventTimeOf({ path, unit }: EventTime): (record: unknown) => number | undefined {
  return (record) => readTime(valueAt(record, path), unit);
}

/**
 * for a value whose time lies far from the interval: what it looks like and the declaration that reads it so.
 * undefined when no unit brings it near
 */
export function looksLikeOtherUnit(value: unknown, { path, unit }: EventTime, interval: Interval): string | undefined {
  const [start, end] = [Date.parse(interval.start), Date.parse(interval.end)];
  const isNear = (time: number | undefined) => time !== undefined && time > start - year && time < end + year;
  if (isNear(readTime(value, unit))) return undefined;
  const other = (['seconds', 'milliseconds', 'microseconds', 'iso'] as const).find((one) =>
    isNear(readTime(value, one)),
  );
  if (!other) return undefined;
  const words = other === 'iso' ? 'ISO text' : `epoch ${other}`;
  const at = JSON.stringify(pathText(path)).slice(1, -1);
  return `the values look like ${words}: declare eventTime: { at: '${at}', unit: '${other}' }`;
}

const year = 366 * 86_400_000;

function readTime(value: unknown, unit: TimeUnit | undefined): number | undefined {
  if (typeof value === 'string' && (unit === undefined || unit === 'iso')) return textTime(value);
  if (unit === 'iso') return undefined;
  const isNumeric =
    typeof value === 'string' ? exactNumber(value) : typeof value === 'number' || typeof value === 'bigint';
  const time = isNumeric ? Number(value) / perMillisecond[unit ?? 'milliseconds'] : NaN;
  return Number.isFinite(time) ? time : undefined;
}

const iso = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:([Zz])|([+-]\d{2}):?(\d{2})?)?)?$/;
const zoned = /(?:Z|GMT|UTC?|[ECMP][SD]T|[+-]\d{2}:?\d{2}|\(.*\))$/i;

/** a time without a zone is UTC: Date.parse alone takes that of the machine */
function textTime(text: string): number | undefined {
  const micros = fastMicros(text, true);
  if (!Number.isNaN(micros)) return Math.floor(micros / 1000);
  const [match, day = '', time, , hours, minutes = '00'] = iso.exec(text) ?? [];
  const zone = hours ? `${hours}:${minutes}` : 'Z';
  const instant = match ? (time ? `${day}T${time}${zone}` : day) : zoned.test(text) ? text : `${text} UTC`;
  const at = Date.parse(instant);
  return Number.isNaN(at) ? undefined : at;
}

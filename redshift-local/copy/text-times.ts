import { ValueError } from './load-errors.js';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthName = '(?<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';

/** the forms that 'auto' knows of those that Redshift documents */
const autoDates = [
  /^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})/,
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?!\d)/,
  /^(?<month>\d{1,2})[-/.](?<day>\d{1,2})[-/.](?<year>\d{4})/,
  new RegExp(`^${monthName}[ -](?<day>\\d{1,2}),?[ -](?<year>\\d{4})`, 'i'),
  new RegExp(`^(?<day>\\d{1,2})[ -]${monthName}[ -](?<year>\\d{4})`, 'i'),
  new RegExp(`^(?<year>\\d{4})[ -]${monthName}[ -](?<day>\\d{1,2})`, 'i'),
];
const autoTime =
  /^[ T]?(?<hour>\d{1,2}):(?<minute>\d{2})(:(?<second>\d{2})([.,](?<fraction>\d{1,9}))?)?( ?(?<half>am|pm))?( ?(?<zone>z|utc|gmt|[+-]\d{2}(:?\d{2})?))?$/i;

const parts: Record<string, string> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<short>\\d{2})',
  MONTH: monthName,
  MON: monthName,
  MM: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{1,2})',
  HH24: '(?<hour>\\d{1,2})',
  HH12: '(?<hour>\\d{1,2})',
  HH: '(?<hour>\\d{1,2})',
  MI: '(?<minute>\\d{2})',
  SS: '(?<second>\\d{2})(\\.(?<fraction>\\d{1,9}))?',
  US: '(?<fraction>\\d{1,6})',
  MS: '(?<fraction>\\d{1,3})',
  AM: '(?<half>am|pm)',
  PM: '(?<half>am|pm)',
  OF: '(?<zone>z|utc|[+-]\\d{2}(:?\\d{2})?)',
  TZ: '(?<zone>z|utc|gmt|[+-]\\d{2}(:?\\d{2})?)',
};

function patternOf(format: string, option: string): RegExp {
  const unknown = format
    .replace(/YYYY|YY|MONTH|MON|MM|DD|HH24|HH12|HH|MI|SS|US|MS|AM|PM|OF|TZ/gi, '')
    .replaceAll(/T/g, '');
  if (/[a-z]/i.test(unknown))
    throw new Error(`${option} '${format}' has a part that is not honoured here: ${unknown.trim()}`);
  const source = format.replace(
    /YYYY|YY|MONTH|MON|MM|DD|HH24|HH12|HH|MI|SS|US|MS|AM|PM|OF|TZ|[.*+?^${}()|[\]\\]/gi,
    (part) => (Object.hasOwn(parts, part.toUpperCase()) ? (parts[part.toUpperCase()] ?? '') : `\\${part}`),
  );
  return new RegExp(`^${source}$`, 'i');
}

type Groups = Record<string, string | undefined>;

function dateOf(found: Groups, refuse: () => ValueError): string {
  const { year, short, month, name, day } = found;
  const fullYear =
    year ?? (short === undefined ? undefined : String(Number(short) + (Number(short) < 70 ? 2000 : 1900)));
  const number = name === undefined ? Number(month) : months.indexOf(name.toLowerCase()) + 1;
  const [y, d] = [Number(fullYear), Number(day)];
  const isDay =
    number >= 1 && number <= 12 && d >= 1 && d <= new Date(Date.UTC(2000 + (y % 400), number, 0)).getUTCDate();
  if (fullYear === undefined || !isDay || y < 1) throw refuse();
  return `${fullYear.padStart(4, '0')}-${String(number).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}

function timeOf(
  { hour = '0', minute = '0', second = '0', fraction = '', half }: Groups,
  refuse: () => ValueError,
): string {
  let h = Number(hour);
  if (half !== undefined && (h < 1 || h > 12)) throw refuse();
  if (half !== undefined) h = (h % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  if (h > 23 || Number(minute) > 59 || Number(second) > 59) throw refuse();
  const two = (number: number | string) => String(number).padStart(2, '0');
  return `${two(h)}:${two(minute)}:${two(second)}${fraction === '' ? '' : `.${fraction.slice(0, 6)}`}`;
}

const badDate = () => new ValueError(1205, 'Invalid Date Format - length must be 10 or more');

/** DATEFORMAT; without one, YYYY-MM-DD */
export function dateReader(format = 'YYYY-MM-DD'): (value: string) => string {
  if (format.toLowerCase() !== 'auto') {
    const pattern = patternOf(format, 'DATEFORMAT');
    return (value) => dateOf(pattern.exec(value)?.groups ?? {}, badDate);
  }
  return (value) => {
    const found = autoDates.map((pattern) => pattern.exec(value)).find((item) => item !== null);
    if (!found || (found[0] !== value && !autoTime.test(value.slice(found[0].length)))) throw badDate();
    return dateOf(found.groups ?? {}, badDate);
  };
}

const badTimestamp = () => new ValueError(1206, 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]');

/** TIMEFORMAT; without one, YYYY-MM-DD HH:MI:SS, and an offset for TIMESTAMPTZ */
export function timestampReader(format: string | undefined, withZone: boolean): (value: string) => string {
  const kind = format?.toLowerCase();
  if (kind === 'epochsecs' || kind === 'epochmillisecs') {
    const factor = kind === 'epochsecs' ? 1000 : 1;
    return (value) => {
      const ms = Number(value) * factor;
      if (!/^-?\d+(\.\d+)?$/.test(value) || Math.abs(ms) > 8e15) throw badTimestamp();
      return new Date(Math.trunc(ms))
        .toISOString()
        .replace('T', ' ')
        .replace('Z', withZone ? '+00' : '');
    };
  }
  if (kind === 'auto') return (value) => autoTimestamp(value, withZone);
  const pattern =
    format === undefined
      ? new RegExp(
          `^(?<year>\\d{4})-(?<month>\\d{1,2})-(?<day>\\d{1,2})( ${autoTime.source.slice(5).replace(/\$$/, '')})?$`,
          'i',
        )
      : patternOf(format, 'TIMEFORMAT');
  return (value) => {
    const groups = pattern.exec(value)?.groups ?? {};
    if (!withZone && format === undefined && groups['zone'] !== undefined) throw badTimestamp();
    return `${dateOf(groups, badTimestamp)} ${timeOf(groups, badTimestamp)}${zoneOf(groups, withZone)}`;
  };
}

function autoTimestamp(value: string, withZone: boolean): string {
  const found = autoDates.map((pattern) => pattern.exec(value)).find((item) => item !== null);
  const rest = value.slice(found?.[0].length ?? 0);
  const time = rest === '' ? {} : autoTime.exec(rest)?.groups;
  if (!found || !time) throw badTimestamp();
  return `${dateOf(found.groups ?? {}, badTimestamp)} ${timeOf(time, badTimestamp)}${zoneOf(time, withZone)}`;
}

/** TIMESTAMP passes over an offset; TIMESTAMPTZ without one is UTC */
function zoneOf({ zone = 'z' }: Groups, withZone: boolean): string {
  if (!withZone) return '';
  return /^[a-z]/i.test(zone) ? '+00' : zone;
}

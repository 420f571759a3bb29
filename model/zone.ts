const minute = 60_000;
const day = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const formatter =
    formatters.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  formatters.set(zone, formatter);
  return formatter;
}

/** what the clocks of a zone are ahead of UTC, ms */
export function offsetAt(zone: string, epoch: number): number {
  const text = formatterOf(zone).format(epoch);
  const [, sign, hours, minutes, seconds = '0'] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * minute + Number(seconds) * 1000;
  return sign === '-' ? -ms : ms;
}

/**
 * every moment at which the clocks of a zone show these times of one day, in order: none for a time that is left out,
 * two for one that comes twice. Times are what UTC would be if its clocks showed them
 */
export function momentsOf(zone: string, shown: number[]): number[] {
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return [];
  // clocks change at most once in two days
  const offsets = new Set([offsetAt(zone, first - day), offsetAt(zone, last + day)]);
  const [offset, ...others] = offsets;
  if (offset !== undefined && others.length === 0) return shown.map((time) => time - offset);
  return shown
    .flatMap((time) => [...offsets].map((offset) => time - offset).filter((at) => at + offsetAt(zone, at) === time))
    .sort((a, b) => a - b);
}

/** what is wrong with a zone's name */
export function zoneProblem(zone: string): string | undefined {
  const asked = `a timezone is a name of the IANA database like 'Europe/Madrid', got '${zone}'`;
  // without a slash are abbreviations like CET and offsets, which not every program knows
  if (!/^[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(zone)) return asked;
  try {
    const { timeZone } = formatterOf(zone).resolvedOptions();
    // Intl takes any case, the server only the right one
    const isMiscased = timeZone !== zone && timeZone.toLowerCase() === zone.toLowerCase();
    return isMiscased ? `${asked}: write it ${timeZone}` : undefined;
  } catch {
    return asked;
  }
}

/** times that the clocks of a zone show twice: from `from` up to `to`, as momentsOf takes them */
export interface Repeated {
  from: number;
  to: number;
}

/** looked at for times that come twice; rules of zones are not known further ahead */
const firstYear = Date.UTC(2026, 0, 1);
const lastYear = Date.UTC(2038, 0, 1);

/** each time that the clocks go back */
export function repeatedTimes(zone: string): Repeated[] {
  const found: Repeated[] = [];
  for (let at = firstYear; at < lastYear; at += day) {
    const [before, after] = [offsetAt(zone, at), offsetAt(zone, at + day)];
    if (after >= before) continue;
    const change = firstWith(zone, after, at, at + day);
    found.push({ from: change + after, to: change + before });
  }
  return found;
}

/** the first moment at which the clocks have this offset, which they do not have at `low` and have at `high` */
function firstWith(zone: string, offset: number, low: number, high: number): number {
  if (high - low <= 1000) return high;
  const middle = Math.floor((low + high) / 2000) * 1000;
  return offsetAt(zone, middle) === offset
    ? firstWith(zone, offset, low, middle)
    : firstWith(zone, offset, middle, high);
}

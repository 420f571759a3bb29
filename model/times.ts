import { iso, type Interval } from './interval.js';

/**
 * the times of an interval in a text of a definition: `{start}` and `{end}` are ISO, `{start:date}` a day, `{start:epoch}` and
 * `{start:epochMs}` numbers, `{start:%Y/%m/%d}` what the letters say; all in UTC
 */
const placeholder = /\{(start|end)(?::([^{}]*))?\}/g;

const named: Record<string, { example: string; text: (time: string) => string; step?: number }> = {
  date: { example: '2022-11-24', text: (time) => time.slice(0, 10), step: 86_400_000 },
  epoch: { example: 'seconds since 1970', text: (time) => String(Date.parse(time) / 1000) },
  epochMs: { example: 'milliseconds since 1970', text: (time) => String(Date.parse(time)) },
  'epoch-ms': { example: 'milliseconds since 1970', text: (time) => String(Date.parse(time)) },
};

/** `step`: how long a value lasts at most, ms */
const letters: Record<string, { from: number; to: number; step: number }> = {
  Y: { from: 0, to: 4, step: 86_400_000 },
  m: { from: 5, to: 7, step: 86_400_000 },
  d: { from: 8, to: 10, step: 86_400_000 },
  H: { from: 11, to: 13, step: 3_600_000 },
  M: { from: 14, to: 16, step: 60_000 },
  S: { from: 17, to: 19, step: 1_000 },
};

const knownTimes = `{start} and {end}, each as ${Object.keys(named)
  .map((name) => `{start:${name}}`)
  .join(', ')}, or in letters as {start:%Y/%m/%d} (${Object.keys(letters)
  .map((letter) => `%${letter}`)
  .join(' ')})`;

/** the text for one interval */
export function withTimes(text: string, interval: Interval): string {
  return text.replace(placeholder, (_, name: 'start' | 'end', format: string | undefined) =>
    formatted(interval[name], format),
  );
}

/**
 * the text for every time within the interval, and `lookback` ms before it, each once: a day has 24 folders `{start:%Y/%m/%d/%H}`.
 * What names one moment (ISO, epoch, seconds) and `{end}` are the interval's own
 */
export function withEachTime(text: string, { start, end }: Interval, lookback = 0): string[] {
  const steps = Array.from(text.matchAll(placeholder)).flatMap(([, name, format]) => {
    const step = name === 'start' ? stepOf(format) : undefined;
    return step === undefined ? [] : [step];
  });
  const step = steps.length > 0 ? Math.min(...steps) : undefined;
  if (step === undefined) return [withTimes(text, { start, end })];
  const found = new Set<string>();
  for (let at = Math.floor((Date.parse(start) - lookback) / step) * step; at < Date.parse(end); at += step) {
    found.add(
      text.replace(placeholder, (_, name: 'start' | 'end', format: string | undefined) => {
        const isWalked = name === 'start' && stepOf(format) !== undefined;
        return formatted(isWalked ? iso(at) : name === 'start' ? start : end, format);
      }),
    );
  }
  return [...found];
}

/** what is wrong with the placeholders of a text, `where` it is; those of params are looked at elsewhere, as are `others` */
export function timeProblems(text: string, where: string, others: string[] = []): string[] {
  return Array.from(text.matchAll(/\{([a-z_]\w*)(?::([^{}]*))?\}/gi)).flatMap(([whole, name = '', format]) => {
    if (others.includes(name) && format === undefined) return [];
    const isTime = name === 'start' || name === 'end';
    return isTime && isKnown(format) ? [] : [`${where} has ${whole}, which is not known: known are ${knownTimes}`];
  });
}

function isKnown(format: string | undefined): boolean {
  if (format === undefined || Object.hasOwn(named, format)) return true;
  return (
    /%/.test(format) &&
    Array.from(format.matchAll(/%(.?)/gs)).every(([, letter = '']) => Object.hasOwn(letters, letter))
  );
}

function formatted(time: string, format: string | undefined): string {
  if (format === undefined) return time;
  if (Object.hasOwn(named, format)) return named[format]?.text(time) ?? time;
  return format.replace(/%(.)/g, (text, letter: string) => {
    const place = letters[letter];
    return place ? time.slice(place.from, place.to) : text;
  });
}

/** ms; undefined for a format that names one moment */
function stepOf(format: string | undefined): number | undefined {
  if (format === undefined) return undefined;
  if (Object.hasOwn(named, format)) return named[format]?.step;
  const steps = Array.from(format.matchAll(/%(.)/g), ([, letter = '']) => letters[letter]?.step ?? 0);
  const least = Math.min(...steps);
  return least < 60_000 ? undefined : least;
}

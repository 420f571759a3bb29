import type { Grid } from '../model/interval.js';

/** `2 d 3 h`, `4 min 5 s`, `0.3 s` */
export function elapsed(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** a grid in words: `every 1 hour`, `cron 30 6 * * *`, `every 1 day, Europe/Madrid` */
export function gridText(grid: Grid): string {
  if (grid.cron === undefined) return `every ${every(grid.every)}`;
  if (grid.timezone === undefined) return `cron ${grid.cron}`;
  return `${grid.cron === '0 0 * * *' ? 'every 1 day' : `cron ${grid.cron}`}, ${grid.timezone}`;
}

/** a duration in its largest unit: `1 hour` */
export function every(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ];
  const [size, unit] = units.find(([size]) => ms % size === 0) ?? [1000, 'second'];
  const count = ms / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

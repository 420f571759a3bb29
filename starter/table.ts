import type { Grid } from '../model/interval.js';
import { visible } from '../model/visible.js';

export type Cell = string | number | boolean | bigint | null | undefined;

const empty = '-';

/** columns by name; numbers to the right, text to the left, cut to `width` where one is given */
export function table(
  rows: Record<string, Cell>[],
  options: { columns?: string[]; width?: number | undefined; paint?: (column: string, text: string) => string } = {},
): string {
  const columns = options.columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isNumber = columns.map((name) =>
    rows.some((row) => typeof row[name] === 'number' || typeof row[name] === 'bigint'),
  );
  const cells = rows.map((row) => columns.map((name) => shown(row[name])));
  const lengths = columns.map((name, at) => Math.max(length(name), ...cells.map((row) => length(row[at] ?? ''))));
  const { width = Infinity, paint } = options;
  const padded = (row: string[]) => row.map((text, at) => pad(text, lengths[at] ?? 0, isNumber[at] ?? false));
  const line = (row: string[]) => cut(padded(row).join('  ').trimEnd(), width);
  const painted = (row: string[]) => (paint ? paintCells(line(row), columns, lengths, paint) : line(row));
  const rule = cut(lengths.map((count) => '─'.repeat(count)).join('  '), width);
  return [line(columns), rule, ...cells.map(painted)].join('\n');
}

/** what is left of each cell after the cut, between its spaces */
function paintCells(
  line: string,
  columns: string[],
  lengths: number[],
  paint: (column: string, text: string) => string,
): string {
  const letters = Array.from(line);
  let at = 0;
  const cells = columns.map((column, index) => {
    const text = letters.slice(at, at + (lengths[index] ?? 0)).join('');
    at += (lengths[index] ?? 0) + 2;
    const [, before = '', word = '', after = ''] = /^(\s*)(.*?)(\s*)$/.exec(text) ?? [];
    return `${before}${word && paint(column, word)}${after}`;
  });
  return cells.join('  ').trimEnd();
}

function shown(value: Cell): string {
  if (value === null || value === undefined) return empty;
  // as it is printed: what is shown as an escape takes room
  return visible(String(value).replace(/\s+/g, ' '));
}

/** code points: near enough for names and places */
function length(text: string): number {
  return Array.from(text).length;
}

function pad(text: string, width: number, right: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - length(text)));
  return right ? gap + text : text + gap;
}

function cut(line: string, width: number): string {
  return length(line) <= width
    ? line
    : `${Array.from(line)
        .slice(0, width - 1)
        .join('')}…`;
}

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

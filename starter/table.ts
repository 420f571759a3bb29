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

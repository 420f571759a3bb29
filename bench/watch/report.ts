import type { Calls } from './count-calls.js';
import type { Requests } from './far-store.js';

export interface Figures extends Calls, Requests {
  name: string;
  milliseconds: number;
  /** that the ledger was asked */
  statements: number;
  /** of the look's history */
  events: number;
}

const columns: [string, (figures: Figures) => string | number][] = [
  ['look', ({ name }) => name],
  ['seconds', ({ milliseconds }) => (milliseconds / 1000).toFixed(1)],
  ['statements', ({ statements }) => statements],
  ['S3 LIST', ({ list }) => list],
  ['GET, HEAD', ({ get, head }) => get + head],
  ['PUT', ({ put }) => put],
  ['Temporal, schedules', ({ describeSchedule }) => describeSchedule],
  ['Temporal, runs', ({ describeWorkflow }) => describeWorkflow],
  ['events', ({ events }) => events],
];

export function report(figures: Figures[], latency: { temporal: number; lake: number; ledger: number }): string {
  const rows = [columns.map(([title]) => title), ...figures.map((one) => columns.map(([, of]) => String(of(one))))];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  const told = `Temporal +${latency.temporal} ms, the lake ${latency.lake} ms a request, the ledger ${latency.ledger} ms a statement`;
  return `${told}\n\n${lines.join('\n')}\n`;
}

import type { OneRun } from './measure.js';

/** of one subject, ms and MB; what was not measured is absent */
export interface Figures extends Partial<OneRun> {
  subject: string;
  dozens?: number;
  many?: number;
  manyRuns?: number;
  idle?: number;
  peak?: number;
  workerDeath?: number;
  serverDeath?: number;
}

/** of this service's runs, beside bare ones */
const wanted = { oneRun: 3, dozens: 2.5, recovery: 15_000 };

const lines: [label: string, of: keyof Figures, unit: 'ms' | 's' | 'MB' | ''][] = [
  ['steps of a run', 'steps', ''],
  ['one run, median', 'median', 'ms'],
  ['one run, p95', 'p95', 'ms'],
  ['start to first step', 'toFirstStep', 'ms'],
  ['gap between steps', 'gap', 'ms'],
  ['48 runs at once', 'dozens', 's'],
  ['many runs at once', 'many', 's'],
  ['worker killed, run ended', 'workerDeath', 's'],
  ['server killed, new run ended', 'serverDeath', 's'],
  ['memory idle', 'idle', 'MB'],
  ['memory at most', 'peak', 'MB'],
];

export function report(found: Figures[]): string {
  const head = ['', ...found.map(({ subject }) => subject)];
  const rows = lines.map(([label, of, unit]) => [
    of === 'many' ? `${found[0]?.manyRuns ?? 'many'} runs at once` : label,
    ...found.map((figures) => shown(figures[of], unit)),
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? '').length)));
  const line = (row: string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  const table = [line(head), ...rows.map(line)].join('\n');
  const { oneRun, dozens } = ratios(found);
  const recovery = slowestRecovery(found) / 1000;
  return `${table}

memory: Temporal's server and the worker

one run  ${oneRun.toFixed(2)} times a bare one (wanted: at most ${wanted.oneRun})
48 runs  ${dozens.toFixed(2)} times bare ones (wanted: at most ${wanted.dozens})
recovery ${recovery.toFixed(1)} s at most (wanted: below ${wanted.recovery / 1000})
`;
}

export function judge(found: Figures[]): boolean {
  const { oneRun, dozens } = ratios(found);
  return oneRun <= wanted.oneRun && dozens <= wanted.dozens && slowestRecovery(found) < wanted.recovery;
}

function ratios([bare, own]: Figures[]): { oneRun: number; dozens: number } {
  const ratio = (of: 'median' | 'dozens') => (own?.[of] ?? NaN) / (bare?.[of] ?? NaN);
  return { oneRun: ratio('median'), dozens: ratio('dozens') };
}

function slowestRecovery([, own]: Figures[]): number {
  return Math.max(own?.workerDeath ?? NaN, own?.serverDeath ?? NaN);
}

function shown(value: number | string | undefined, unit: 'ms' | 's' | 'MB' | ''): string {
  if (typeof value !== 'number') return '-';
  if (unit === 's') return `${(value / 1000).toFixed(1)} s`;
  return `${Math.round(value)} ${unit}`.trim();
}

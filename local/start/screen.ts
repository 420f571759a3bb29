import type { PortName, Ports } from '../ports.js';

import type { JobOutcome, PipelineOutcome } from './main-job.js';
import type { Results, Row } from './results.js';

export const header = (version: string, node: string, python: string) =>
  `waterclock ${version}   node ${node.split('.').slice(0, 2).join('.')}   python ${python.split('.').slice(0, 2).join('.')}`;

const shown: PortName[] = ['temporal', 's3', 'postgres', 'redshift-data', 'redshift'];

export function stackLine(ports: Ports, moved: string[]): string {
  const names = shown.map((name) => `${name} ${ports[name]}`).join('   ');
  return `stack      ${names}${moved.length > 0 ? `      (${moved.join(', ')})` : ''}`;
}

export function jobLine({ pipelines, dbt }: JobOutcome): string {
  const started = pipelines.reduce((sum, one) => sum + one.started, 0);
  const earlier = pipelines.reduce((sum, one) => sum + one.loadedEarlier, 0);
  const models = dbt
    ? [`dbt ${dbt.ok} ok${dbt.failed ? `, ${dbt.failed} failed` : ''}${dbt.skipped ? `, ${dbt.skipped} skipped` : ''}`]
    : [];
  if (started === 0 && pipelines.every(({ failures }) => failures.length === 0)) {
    return `main job   ${[`0 new runs, ${earlier} loaded earlier`, ...models].join('   ')}`;
  }
  return `main job   ${[...pipelines.filter(({ total, failures }) => total > 0 || failures.length > 0).map(part), ...models].join('   ')}`;
}

function part({ pipeline, done, total, seconds, simulated }: PipelineOutcome): string {
  const time = seconds >= 10 ? `  ${seconds} s` : '';
  return `${pipeline} ${done}/${total}${time}${simulated ? ' (simulated)' : ''}`;
}

export function waitingLines({ pipelines }: JobOutcome): string[] {
  return pipelines
    .filter(({ waitingCount }) => waitingCount > 0)
    .map(({ pipeline, waiting, waitingCount }) => {
      const names = waiting.slice(0, 3).join(', ');
      return `waiting    ${pipeline}: ${waitingCount} files of an hour that is not due yet (${names}${waitingCount > 3 ? ', ...' : ''})`;
    });
}

export function answerLines({ pipelines, answers }: Results, job: JobOutcome): string[] {
  const simulated = new Set(job.pipelines.filter((one) => one.simulated).map(({ pipeline }) => pipeline));
  const labelled = pipelines.map((row) =>
    simulated.has(String(row['pipeline'])) ? { ...row, pipeline: `${String(row['pipeline'])} (simulated)` } : row,
  );
  return [
    '',
    ...table(labelled),
    ...answers.flatMap(({ title, rows, error }) => [
      '',
      title,
      ...(error ? [error] : rows.length > 0 ? table(rows) : ['no rows']).map((line) => `  ${line}`),
    ]),
    '',
  ];
}

/** columns as wide as they need; numbers to the right */
export function table(rows: Row[]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const text = (value: Row[string] | undefined) => (value === null || value === undefined ? '' : String(value));
  const isNumeric = (name: string) =>
    rows.every((row) => row[name] === null || /^-?\d+(\.\d+)?$/.test(text(row[name])));
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => text(row[name]).length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, index) =>
        isNumeric(columns[index] ?? '') ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('   ')
      .trimEnd();
  return columns.length === 0
    ? []
    : [line(columns), ...rows.map((row) => line(columns.map((name) => text(row[name]))))];
}

type Environment = Record<string, string | undefined>;

export function webUiLine(webUi: string, ports: Ports, own: Environment): string {
  const [, , server] = (own['SSH_CONNECTION'] ?? '').split(' ');
  const tunnel = server
    ? `        (over ssh: ssh -L ${ports.ui}:127.0.0.1:${ports.ui} ${own['USER'] ?? 'you'}@${server})`
    : '';
  return `Web UI  ${webUi}${tunnel}`;
}

/** what a BI tool asks for */
export const redshiftLine = ({ redshift }: Ports, stateName: string) =>
  `Redshift  host 127.0.0.1   port ${redshift}   database warehouse   user awsuser   password: postgresPassword in .waterclock/${stateName}/credentials.json   without TLS`;

export const nextLines = [
  'No schedule is on: `npx waterclock schedule apply` turns them on.',
  'Next: `npx waterclock runs`   `npx waterclock show <run>`   `npx waterclock query "select ..."`   `npx waterclock results`',
];

export const savedLine = 'Saved definitions, samples and models are taken while it runs.';

export const lastLine = (stateName: string) =>
  `Ctrl-C stops everything.   State and logs: .waterclock/${stateName}   Start from nothing: with --fresh`;

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { examples } from '../../local/paths.js';

const project = join(examples, 'dbt');
const profiles = { local: project, 'local-postgres': join(import.meta.dirname, 'profiles') };
export type Target = keyof typeof profiles;

/** one statement of a build, as dbt's log times it */
export interface Timed {
  sql: string;
  seconds: number;
}

export interface Build {
  seconds: number;
  /** of dbt's own process, which no warehouse can save */
  cpuSeconds: number;
  statements: Timed[];
}

interface Line {
  info: { name: string; thread: string };
  data: { sql?: string; elapsed?: number };
}

/** one dbt command on the models that ship, with the time of its process and of each statement */
export async function run(environment: Record<string, string>, target: Target, folder: string, words = ['build']) {
  const logs = join(folder, 'logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const places = ['--project-dir', project, '--profiles-dir', profiles[target], '--target', target];
  const output = ['--target-path', join(folder, target), '--log-path', logs, '--log-format-file', 'json'];
  const args = [...words, ...places, ...output, '--log-level-file', 'debug', '--quiet'];
  const dbt = environment['WATERCLOCK_DBT'] ?? '';
  const started = performance.now();
  const cpuSeconds = await timed(dbt, args, { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment });
  return { seconds: (performance.now() - started) / 1000, cpuSeconds, statements: statementsOf(logs) };
}

/** the shell's `times` of its children: user and system, in seconds */
async function timed(command: string, args: string[], env: Record<string, string>): Promise<number> {
  const script = '"$@" >&2; code=$?; times; exit $code';
  const told = await new Promise<string>((resolve, reject) => {
    execFile('sh', ['-c', script, 'sh', command, ...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      error ? reject(new Error(`dbt ${args[0]} failed: ${stderr}`, { cause: error })) : resolve(stdout),
    );
  });
  const children = told.trim().split('\n').at(-1) ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
}

/** a statement's end is the next of its thread */
function statementsOf(logs: string): Timed[] {
  const open = new Map<string, string>();
  const found: Timed[] = [];
  for (const text of readFileSync(join(logs, 'dbt.log'), 'utf8').split('\n')) {
    if (!text.startsWith('{')) continue;
    const { info, data } = JSON.parse(text) as Line;
    if (info.name === 'SQLQuery') open.set(info.thread, data.sql ?? '');
    if (info.name !== 'SQLQueryStatus') continue;
    found.push({ sql: open.get(info.thread) ?? '', seconds: data.elapsed ?? 0 });
  }
  return found;
}

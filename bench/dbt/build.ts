import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runDbt } from '../../dbt/run-dbt.js';
import { warmStarts } from '../../dbt/warm-start.js';
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
  /** of dbt's own process, which no warehouse can save; of a build by hand */
  cpuSeconds?: number;
  statements: Timed[];
}

interface Line {
  info: { name: string; thread: string };
  data: { sql?: string; elapsed?: number };
}

/** by hand: dbt's own command; as a run: a process that has loaded dbt, as the worker keeps one */
export type Way = 'by hand' | 'as a run';

interface Place {
  environment: Record<string, string>;
  target: Target;
  /** for its files */
  folder: string;
}

/** one dbt command on the models that ship, with the time of its process and of each statement */
export async function run({ environment, target, folder }: Place, way: Way = 'by hand', words = ['build']) {
  const logs = join(folder, 'logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const places = ['--project-dir', project, '--profiles-dir', profiles[target], '--target', target];
  const output = ['--target-path', join(folder, target), '--log-path', logs, '--log-format-file', 'json'];
  const args = [...words, ...places, ...output, '--log-level-file', 'debug', '--quiet'];
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment };
  const command = environment['WATERCLOCK_DBT'] ?? '';
  const measured = way === 'by hand' ? await timed(command, args, env) : await timedAsRun(command, args, env);
  return { ...measured, statements: statementsOf(logs) };
}

/** ms in which dbt is loaded, while a run does its other steps */
const loading = 6_000;

async function timedAsRun(command: string, args: string[], environment: Record<string, string>) {
  const warm = warmStarts();
  const program = { command, cwd: project, environment };
  warm.prepare(program);
  await sleep(loading);
  const started = performance.now();
  const { code, stderr } = await runDbt({ ...program, args, start: warm.start });
  if (code !== 0) throw new Error(`dbt ${args[0]} failed: ${stderr}`);
  return { seconds: (performance.now() - started) / 1000 };
}

/** the shell's `times` of its children: user and system, in seconds */
async function timed(command: string, args: string[], env: Record<string, string>) {
  const started = performance.now();
  const script = '"$@" >&2; code=$?; times; exit $code';
  const told = await new Promise<string>((resolve, reject) => {
    execFile('sh', ['-c', script, 'sh', command, ...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      error ? reject(new Error(`dbt ${args[0]} failed: ${stderr}`, { cause: error })) : resolve(stdout),
    );
  });
  const children = told.trim().split('\n').at(-1) ?? '';
  const cpuSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  );
  return { seconds: (performance.now() - started) / 1000, cpuSeconds };
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

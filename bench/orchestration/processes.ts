import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');

/** the worker of both subjects, once it polls */
export async function startWorker(environment: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--no-warnings', '--import', 'tsx', 'bench/orchestration/worker.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).once('line', () => resolve());
    child.once('exit', (code) => reject(new Error(`the bench's worker ended with ${code} before it was ready`)));
  });
  return child;
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

/** runs `waterclock`; its standard output */
export function waterclock(environment: Record<string, string>, ...words: string[]): string {
  return execFileSync(process.execPath, ['--no-warnings', 'starter/bin.mjs', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    encoding: 'utf8',
  });
}

/** pid of a service of the stack, as its state tells it now */
export function pidOf(state: string, name: string): number {
  const { services } = JSON.parse(readFileSync(join(state, 'stack.json'), 'utf8')) as {
    services: { name: string; pid: number }[];
  };
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`the stack has no service ${name}`);
  return found.pid;
}

/** resident memory of these processes and what they started, MB */
export function megabytes(pids: number[]): number {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set(pids);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const [pid = 0, parent = 0] of rows) if (family.has(parent)) family.add(pid);
  }
  const kilobytes = rows.reduce((sum, [pid = 0, , rss = 0]) => sum + (family.has(pid) ? rss : 0), 0);
  return Math.round(kilobytes / 1024);
}

/** the most that is seen while the work is under way */
export async function peakMegabytes<T>(
  pids: () => number[],
  work: () => Promise<T>,
): Promise<{ peak: number; result: T }> {
  let peak = 0;
  const look = () => (peak = Math.max(peak, megabytes(pids())));
  const timer = setInterval(look, 1000);
  try {
    const result = await work();
    look();
    return { peak, result };
  } finally {
    clearInterval(timer);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { thenDbt, warmProgram } from './warm-program.js';

/** how a program is started whose output is read */
export type Start = (program: Program) => ChildProcess;

export interface Program {
  command: string;
  args: string[];
  cwd: string;
  environment: Record<string, string | undefined>;
}

/** ms; a spare process holds 115 MB */
const longestIdle = 600_000;

export const startCold: Start = ({ command, args, cwd, environment }) => {
  const child = load({ command, cwd, environment });
  if (!child) return spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  begin(child, { args, cwd });
  return child;
};

/** a process that loads dbt; undefined for a program that is not a Python script */
function load({ command, cwd, environment }: Omit<Program, 'args'>) {
  const interpreter = interpreterOf(command);
  if (!interpreter) return undefined;
  const child = spawn(interpreter, ['-c', warmProgram + thenDbt], {
    cwd,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // one that cannot be started, or has ended, says so by its exit
  child.stdin.on('error', () => undefined);
  return child;
}

const begin = (child: ChildProcess, words: Pick<Program, 'args' | 'cwd'>) =>
  void child.stdin?.end(`${JSON.stringify(words)}\n`);

/**
 * starts dbt in a process that has loaded it before: a second and a half of every build. Each process runs one command,
 * so nothing is left from one build to the next. `prepare` gets the next one ready. A dbt that is not a Python script, or
 * that needs another environment than the prepared one, starts cold
 */
export function warmStarts(idle = longestIdle) {
  let spare: { child: ChildProcess; key: string; timer: NodeJS.Timeout } | undefined;
  const keyOf = ({ command, environment }: Omit<Program, 'args' | 'cwd'>) =>
    JSON.stringify([command, Object.entries(environment).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

  function drop(): void {
    if (!spare) return;
    clearTimeout(spare.timer);
    spare.child.stdin?.end();
    spare = undefined;
  }

  const start: Start = (program) => {
    const found = spare;
    if (!found || found.key !== keyOf(program) || found.child.exitCode !== null || found.child.pid === undefined) {
      return startCold(program);
    }
    spare = undefined;
    clearTimeout(found.timer);
    holdsProcess(found.child, true);
    begin(found.child, { args: program.args, cwd: program.cwd });
    return found.child;
  };

  return {
    start,
    prepare(program: Omit<Program, 'args'>): void {
      const key = keyOf(program);
      if (spare?.key === key && spare.child.exitCode === null) return;
      drop();
      const child = load(program);
      if (!child) return;
      // one that cannot be started is not there when it is wanted
      child.on('error', () => undefined);
      holdsProcess(child, false);
      spare = { child, key, timer: setTimeout(drop, idle).unref() };
    },
    drop,
  };
}

/** whether this process stays for the child's sake */
function holdsProcess(child: ChildProcess, holds: boolean): void {
  for (const one of [child, child.stdin, child.stdout, child.stderr]) {
    const handle = one as { ref?: () => void; unref?: () => void };
    if (holds) handle.ref?.();
    else handle.unref?.();
  }
}

/** the Python that the first line of a script names; undefined for other programs */
function interpreterOf(command: string): string | undefined {
  try {
    const [first = ''] = readFileSync(command, 'utf8').slice(0, 400).split('\n');
    return /^#!(\/\S*python[\d.]*)\s*$/.exec(first)?.[1];
  } catch {
    // found in PATH, or not at all
    return undefined;
  }
}

import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface ChildOptions {
  command: string;
  args: string[];
  cwd: string;
  environment: Record<string, string | undefined>;
  /** ms from SIGTERM to SIGKILL */
  grace: number;
}

export type ChildEnd = { code: number } | { signal: NodeJS.Signals } | { error: NodeJS.ErrnoException };

export interface Child {
  /** to be read at once: what nobody reads is lost when the program ends */
  stdout: Readable;
  stderr: Readable;
  /** it and all that it started have ended, and their output was read */
  ended: Promise<ChildEnd>;
  /** SIGTERM, and SIGKILL after the grace; to all that it started too */
  stop(): void;
}

/** reads a line when the program has ended, and the end of the file when this process has */
const guardScript = 'read -r _ || { kill -s TERM -- "-$1" && sleep "$2"; kill -s KILL -- "-$1"; } 2>/dev/null';

/** a program in a process group of its own, which ends with this process however that ends, also by SIGKILL */
export function startChild({ command, args, cwd, environment, grace }: ChildOptions): Child {
  const child = spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const guard = child.pid === undefined ? undefined : startGuard(child.pid, grace);
  let kill: NodeJS.Timeout | undefined;
  let hasExited = child.pid === undefined;
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('exit', () => {
      hasExited = true;
      clearTimeout(kill);
      // what it left behind would go on, and keep its output open
      signalGroup(child.pid, 'SIGKILL');
      guard?.end();
    });
    child.once('close', (code, signal) => resolve(signal === null ? { code: code ?? 1 } : { signal }));
  });
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    stop() {
      if (hasExited || kill) return;
      signalGroup(child.pid, 'SIGTERM');
      kill = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), grace);
    },
  };
}

function startGuard(group: number, grace: number) {
  const seconds = String(Math.ceil(grace / 1_000));
  const guard = spawn('/bin/sh', ['-c', guardScript, 'sh', String(group), seconds], {
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    // a signal to this process's own group is not for it
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  return { end: () => void guard.stdin.end('ended\n') };
}

function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // it has ended
  }
}

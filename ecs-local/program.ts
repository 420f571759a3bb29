import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface ProgramOptions {
  command: string[];
  cwd: string;
  environment: Record<string, string>;
  /** ms from SIGTERM to SIGKILL */
  grace: number;
  onLine(text: string): void;
}

/** `missing`: it could not begin */
export type ProgramEnd = { exitCode: number } | { missing: string };

/** docker's log driver cuts a line there */
const longestLine = 16_384;
const signals: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** ends the group when this process is gone, however it went */
const guardScript = 'read -r _ || kill -s KILL -- "-$1" 2>/dev/null';

/** a process in a group of its own */
export function startProgram({ command: [file = '', ...args], cwd, environment, grace, onLine }: ProgramOptions) {
  const child = spawn(file, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const group = child.pid;
  const guard =
    group === undefined
      ? undefined
      : spawn('/bin/sh', ['-c', guardScript, 'sh', String(group)], {
          env: {},
          stdio: ['pipe', 'ignore', 'ignore'],
          detached: true,
        });
  guard?.on('error', () => undefined);
  guard?.stdin.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  let hasExited = group === undefined;
  const signal = (name: NodeJS.Signals) => {
    if (group === undefined) return;
    try {
      process.kill(-group, name);
    } catch {
      // it has ended
    }
  };
  const read = Promise.all([child.stdout, child.stderr].map((stream) => readLines(stream, onLine)));
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('error', (error) => resolve({ missing: error.message }));
    child.once('exit', () => {
      hasExited = true;
      clearTimeout(timer);
      signal('SIGKILL');
      guard?.stdin.end('ended\n');
    });
    child.once('close', (code, by) => resolve({ exitCode: code ?? 128 + (signals[by ?? ''] ?? 0) }));
  });
  return {
    group,
    ended: Promise.all([ended, read]).then(([end]) => end),
    stop(): void {
      if (hasExited || timer) return;
      signal('SIGTERM');
      timer = setTimeout(() => signal('SIGKILL'), grace);
    },
    kill: () => signal('SIGKILL'),
  };
}

async function readLines(stream: Readable, onLine: (text: string) => void): Promise<void> {
  let begun = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n');
    begun += first;
    for (const piece of others) {
      onLine(begun);
      begun = piece;
    }
    while (begun.length > longestLine) {
      onLine(begun.slice(0, longestLine));
      begun = begun.slice(longestLine);
    }
  }
  if (begun) onLine(begun);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageFolder } from '../programs.js';
import type { Stack } from '../stack.js';
import { signalGroup } from '../supervisor/end-process.js';

export interface Answer {
  code: number;
  /** what it printed as its result */
  result: unknown;
  /** its last words, for a failure that has no result */
  said: string[];
}

export interface Product {
  log: string;
  run(args: string[], onLine?: (line: string) => void): Promise<Answer>;
  end(): void;
}

/** the `waterclock` command as processes, as a user would run it */
export function productCommands(stack: Pick<Stack, 'state' | 'processEnvironment'>): Product {
  const log = join(stack.state, 'logs', 'main-job.log');
  const written = createWriteStream(log, { flags: 'a', mode: 0o600 });
  const engine = packageFolder('waterclock');
  const running = new Set<ChildProcess>();
  return {
    log,
    run: (args, onLine) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [join(engine, 'starter', 'bin.mjs'), ...args], {
          cwd: engine,
          env: stack.processEnvironment(),
          stdio: ['ignore', 'pipe', 'pipe'],
          // Ctrl-C is for the stack to handle, in its order
          detached: true,
        });
        running.add(child);
        const said: string[] = [];
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
        createInterface(child.stderr).on('line', (line) => {
          written.write(`${new Date().toISOString()} ${args.slice(0, 3).join(' ')}: ${line}\n`);
          said.push(line);
          if (said.length > 20) said.shift();
          onLine?.(line);
        });
        child.once('error', reject);
        child.once('close', (code) => {
          running.delete(child);
          resolve({ code: code ?? 1, result: parse(output), said });
        });
      }),
    end() {
      for (const { pid } of running) if (pid !== undefined) signalGroup(pid, 'SIGKILL');
      written.end();
    },
  };
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';

const running = new Set();

/** runs a command with its output in the set-up's log; answers its exit code and what it wrote */
export async function runStep(command, args, { cwd, env, log, onSpawn, signal }) {
  const file = openSync(log, 'a');
  const start = statSync(log).size;
  const ended = await new Promise((resolve) => {
    // a process group of its own: npm and pip start helpers
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', file, file], detached: true });
    running.add(child);
    if (child.pid) onSpawn?.(child.pid);
    signal?.addEventListener('abort', () => endGroup(child, 'SIGKILL'), { once: true });
    child.once('error', (error) => resolve({ code: 127, error }));
    child.once('exit', (code) => resolve({ code: code ?? 1 }));
    child.once('exit', () => running.delete(child));
  });
  closeSync(file);
  return { code: ended.code, output: readFileSync(log).subarray(start).toString() };
}

/** what an interrupted set-up has running must not go on without it */
export function endSteps() {
  for (const child of running) endGroup(child, 'SIGKILL');
}

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended
  }
}

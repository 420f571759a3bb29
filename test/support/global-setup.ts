import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import type { TestStack } from '../../local/test-stack/test-stack.js';
import './provided.js';

/** one stack for all test files; a process of its own, which ends when these tests do, however they end */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/test-stack/main.ts'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C reaches the tests, whose end it sees
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface(child.stdout);
  const line = await Promise.race([new Promise<string>((resolve) => lines.once('line', resolve)), ended]);
  if (!line) throw new Error('the stack of the tests did not start: `npm test` sets up what it needs');
  project.provide('stack', JSON.parse(line) as TestStack);
  return async () => {
    child.stdin.end();
    await ended;
  };
}

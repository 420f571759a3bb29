import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** path of the file that kubectl and Helm take */
    kubeconfig: string;
  }
}

/** one cluster for all test files; a process of its own, which ends when these tests do, however they end */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/k8s/main.ts'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C reaches the tests, whose end it sees
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface(child.stdout);
  const line = await Promise.race([new Promise<string>((resolve) => lines.once('line', resolve)), ended]);
  if (!line) throw new Error('the cluster of the tests did not start');
  project.provide('kubeconfig', (JSON.parse(line) as { kubeconfig: string }).kubeconfig);
  return async () => {
    child.stdin.end();
    await ended;
  };
}

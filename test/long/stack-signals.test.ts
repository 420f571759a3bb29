import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readStateFile } from '../../local/state-file.js';
import { isSameProcess } from '../../local/supervisor/process-identity.js';
import { cloneProgram, type Clone, type Program, runProgram } from '../support/clone.js';

let clone: Clone;
const programs: Program[] = [];

beforeAll(() => {
  clone = cloneProgram();
});
afterAll(async () => {
  for (const { child } of programs) child.kill('SIGTERM');
  await Promise.all(programs.map(({ ended }) => ended));
  await runProgram(process.execPath, ['local/reset.mjs'], clone.root).ended;
  clone.remove();
});

const npmStart = (...args: string[]) => {
  const program = runProgram('npm', ['start', '--', ...args], clone.root);
  programs.push(program);
  return program;
};
const running = () => readStateFile(join(clone.root, '.waterclock', 'running.json'));

async function upWithWorker(program: Program) {
  await expect
    .poll(() => running()?.services.map(({ name }) => name) ?? program.output(), { timeout: 50_000, interval: 200 })
    .toContain('worker');
  const stack = running();
  if (!stack) throw new Error(program.output());
  return stack;
}

test('a stack is found, not started twice, mends itself, and ends with npm', async () => {
  const program = npmStart();
  const stack = await upWithWorker(program);
  expect(statSync(join(stack.state, 'stack.json')).mode & 0o077).toBe(0);
  expect(stack.environment['TEMPORAL_ADDRESS']).toMatch(/^127\.0\.0\.1:\d+$/);

  const second = npmStart();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`the stack is up here already (process ${stack.supervisor.pid}): `);
  expect(second.output()).toContain(stack.webUi);

  const s3 = stack.services.find(({ name }) => name === 's3');
  if (!s3) throw new Error('no s3');
  process.kill(s3.pid, 'SIGKILL');
  await expect.poll(() => program.output(), { timeout: 10_000 }).toContain('s3 died (SIGKILL), started again');
  const mended = running()?.services ?? [];
  expect(mended.find(({ name }) => name === 's3')?.pid).not.toBe(s3.pid);

  program.child.kill('SIGTERM');
  await program.ended;
  await expect.poll(() => mended.filter(isSameProcess).map(({ name }) => name), { timeout: 20_000 }).toEqual([]);
  expect(isSameProcess(stack.supervisor)).toBe(false);
  expect(existsSync(join(clone.root, '.waterclock', 'running.json'))).toBe(false);
}, 90_000);

test('what a killed supervisor left is ended, and nothing of it blocks a reset', async () => {
  const program = npmStart();
  const stack = await upWithWorker(program);
  process.kill(stack.supervisor.pid, 'SIGKILL');
  await program.ended;
  expect(stack.services.filter(isSameProcess).length).toBeGreaterThan(4);

  const reset = runProgram('npm', ['run', 'reset'], clone.root);
  expect(await reset.ended, reset.output()).toBe(0);
  expect(stack.services.filter(isSameProcess)).toEqual([]);
  expect(existsSync(stack.state)).toBe(false);
}, 90_000);

test('a port that was asked for and is taken is refused', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address && typeof address === 'object' ? address.port : 0);
    });
  });
  const program = npmStart('--port-s3', String(port));
  expect(await program.ended).toBe(1);
  server.close();
  expect(program.output()).toContain(`waterclock: port ${port}, asked for s3, is taken`);
  expect(program.output()).not.toMatch(/^\s+at /m);
});

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { processRunner } from '../../../tasks/process-runner.js';
import type { TaskRunner } from '../../../tasks/runner.js';
import { follow, runnerContract, type Stage } from './runner-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-tasks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = resolve('test/support/task-program.mjs');
const environment = { PATH: process.env['PATH'], SHOP_TOKEN: 'planted', AWS_SECRET_ACCESS_KEY: 'planted' };
let starts = 0;
const counting = (runner: TaskRunner): TaskRunner => ({
  ...runner,
  async start(order) {
    const handle = await runner.start(order);
    if (!seen.has(handle)) starts++;
    seen.add(handle);
    return handle;
  },
});
const seen = new Set<string>();
const stage: Stage = {
  runner: counting(processRunner({ environment, folder })),
  command: (...does) => ({ command: [process.execPath, program, ...does] }),
  started: () => starts,
};

runnerContract('a process', () => stage);

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // one that has ended and was not asked for yet is a zombie
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const pidsIn = (file: string) => readFileSync(file, 'utf8').split(' ').map(Number);

test('a process has none of the secrets of its worker, and its project is where it runs', async () => {
  const { result } = await follow(stage, ['variables'], { order: { environment: { GIVEN: 'yes' } } });
  expect(JSON.parse(result ?? '')).toMatchObject({ GIVEN: 'yes', cwd: folder, WATERCLOCK_PROJECT: folder });
  expect(result).not.toContain('planted');
});

test('what a program started ends with it', async () => {
  const file = join(folder, 'left');
  const { error } = await follow(stage, [`pids=${file}`, 'sleep=100', 'exit=0']);
  expect(error).toBeUndefined();
  await vi.waitFor(() => expect(pidsIn(file).map(isAlive)).toEqual([false, false]), 5_000);
});

test('a program that is killed is tried again, and the message says of what', async () => {
  const { error } = await follow(stage, ['err=much to do', 'kill=SIGKILL']);
  expect(error).toMatchObject({
    name: 'TransientError',
    message: expect.stringMatching(/killed by SIGKILL; the system kills what takes more memory.*: much to do/),
  });
});

test('a program that is not there fails at once', async () => {
  const missing = { ...stage, command: () => ({ command: ['no-such-program'] }) };
  expect((await follow(missing, [])).error).toMatchObject({ name: 'TaskMissing' });
  const notOne = { ...stage, command: () => ({ command: ['./no-such-file'] }) };
  expect((await follow(notOne, [])).error).toMatchObject({
    name: 'TaskMissing',
    message: expect.stringContaining('ENOENT'),
  });
});

test('a process ends with its worker, however that ends', async () => {
  const file = join(folder, 'orphans');
  const begin = `
    import { startChild } from ${JSON.stringify(resolve('tasks/child.ts'))};
    startChild({ command: process.execPath, args: [${JSON.stringify(program)}, 'pids=${file}', 'sleep=60000'],
      cwd: ${JSON.stringify(folder)}, environment: {}, grace: 500 });`;
  const worker = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', begin], { stdio: 'ignore' });
  await vi.waitFor(() => expect(pidsIn(file)).toHaveLength(2), 15_000);
  const pids = pidsIn(file);
  await sleep(100);
  expect(pids.map(isAlive)).toEqual([true, true]);
  worker.kill('SIGKILL');
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), 10_000);
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, type Clone, runProgram } from '../support/clone.js';

let clone: Clone;
beforeAll(() => {
  clone = cloneProgram();
});
afterAll(() => clone.remove());

/** without a network where that can be had: once set up, none is needed */
const withoutNetwork = (() => {
  try {
    execFileSync('unshare', ['-rn', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

async function start(...args: string[]): Promise<string> {
  const npm = ['npm', 'start', '--', '--exit', ...args];
  const [command = '', ...rest] = withoutNetwork
    ? ['unshare', '-rn', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', ...npm]
    : npm;
  // whatever this machine's network needs must not be asked for
  const program = runProgram(
    command,
    rest,
    clone.root,
    cleanEnvironment({ HTTP_PROXY: undefined, HTTPS_PROXY: undefined }),
  );
  const code = await program.ended;
  expect(code, program.output()).toBe(0);
  expect(existsSync(join(clone.root, '.waterclock', 'running.json'))).toBe(false);
  return program.output();
}

const rows = (output: string, pipeline: string) =>
  output
    .split('\n')
    .find((line) => line.startsWith(pipeline) && /\s\d+$/.test(line))
    ?.split(/\s{2,}/);

test('the main job, then nothing new', async () => {
  const first = await start();
  expect(first).toContain('main job   earthquakes 169/169');
  expect(rows(first, 'earthquakes ')?.map((cell) => cell.trim())).toEqual([
    'earthquakes',
    '169',
    '1707',
    '1707',
    '0',
    '0',
    '1707',
  ]);
  const second = await start();
  expect(second).toContain('main job   0 new runs, 172 loaded earlier');
  expect(second).not.toContain('set-up');
  for (const pipeline of ['earthquakes ', 'door2door (simulated)', 'spacex (simulated)']) {
    expect(rows(second, pipeline)).toEqual(rows(first, pipeline));
  }
});

const data = resolve(import.meta.dirname, '../../../shared/data');

test.skipIf(!existsSync(join(data, 'spacex')))(`real launches (skipped without ${data})`, async () => {
  const output = await start('--data', data);
  expect(rows(output, 'spacex ')?.slice(1, 3)).toEqual(['1', '132']);
  expect(output).toMatch(/core_id\s+flights\s+reuses\n\s+\S+\s+8\s+7\n/);
  const reused = /cores reused within 50 days.*\n.*\n((?: {2}\S.*\n)+)/.exec(output)?.[1]?.trimEnd().split('\n') ?? [];
  expect(reused.map((line) => line.trim().split(/\s{2,}/)[1])).toEqual([
    'Starlink-16 (v1.0)',
    'Transporter-1',
    'Starlink-18 (v1.0)',
  ]);
  expect(output).not.toContain('simulated');
});

test('another project, of one new pipeline: its own rows, and a state of its own', async () => {
  const project = join(clone.root, 'other');
  mkdirSync(project);
  writeFileSync(
    join(project, 'waterclock.config.ts'),
    "import { defineProject } from 'waterclock';\n\nexport default defineProject({ pipelines: [] });\n",
  );
  const made = runProgram('npx', ['waterclock', 'new', 'orders', '--project', project], clone.root, cleanEnvironment());
  expect(await made.ended, made.output()).toBe(0);
  const output = await start('--project', 'other');
  expect(output).toContain('main job   orders 2/2 (simulated)');
  expect(rows(output, 'orders ')?.map((cell) => cell.trim())).toEqual([
    'orders (simulated)',
    '2',
    '4',
    '3',
    '0',
    '0',
    '3',
  ]);
});

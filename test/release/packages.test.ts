import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portNames } from '../../local/ports.js';
import { cleanEnvironment, runProgram } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { packagesOfAProject, packed, type Packed, passes, run } from '../support/packed-project.js';

let packages: Packed;
let folder: string;
let empty: string;
let project: string;

/** ports that nothing listens on; those that this process claims would be taken for the one that starts */
async function portOptions(): Promise<string[]> {
  const options: string[] = [];
  for (const name of portNames) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    options.push(`--port-${name}`, String((server.address() as AddressInfo).port));
    server.close();
  }
  return options;
}

beforeAll(async () => {
  packages = await packed();
  ({ folder, empty } = packages);
  project = join(empty, 'my-platform');
}, 900_000);

afterAll(() => packages.close());

test('a project that init writes starts and tests itself, also with one more pipeline', async () => {
  await passes(empty, 'npx', 'waterclock', 'init', 'my-platform');
  await passes(project, 'npm', 'install');

  const ports = await portOptions();
  const started = await passes(project, 'npm', 'start', '--', '--exit', ...ports);
  expect(started).toMatch(/main job +orders 6\/6/);
  expect(started).toContain('sales by hour');

  const tested = await passes(project, 'npm', 'test');
  expect(tested).toMatch(/expected +4 of 4 files as expected/);

  await passes(project, 'npx', 'waterclock', 'new', 'parking');
  await passes(project, 'npx', 'waterclock', 'test', '--update');
  const both = await passes(project, 'npm', 'test');
  expect(both).toContain('2 definitions are right: orders, parking');
  expect(both).toMatch(/expected +6 of 6 files as expected/);
});

test('a project compiled, with what production installs, is opened without TypeScript', async () => {
  await passes(project, 'npm', 'run', 'build');
  const image = join(folder, 'image');
  mkdirSync(image);
  for (const part of ['package.json', 'package-lock.json', 'vendor'])
    await run(project, 'cp', '-r', part, join(image, part));
  await passes(image, 'npm', 'install', '--omit=dev', '--ignore-scripts');
  await run(project, 'cp', '-r', 'dist/.', image);
  const modules = join(image, 'node_modules');
  const left = [
    '@waterclock/local',
    'redshift-local',
    'ecs-local',
    'pg',
    'libpg-query',
    'tsx',
    'typescript',
    'aws-cdk-lib',
  ];
  expect(left.filter((name) => existsSync(join(modules, name)))).toEqual([]);
  const shown = await run(image, process.execPath, join(modules, 'waterclock/starter/bin.mjs'), 'pipelines', '--json');
  expect(shown).toMatchObject({ code: 0 });
  expect(JSON.parse(shown.output)).toMatchObject([{ name: 'orders' }, { name: 'parking' }]);
});

test('a run in flight goes on through an upgrade, for which no file of the project is edited', async () => {
  const waiting: ServerResponse[] = [];
  let isHeld = true;
  const source = createServer(({ url = '' }, response) => {
    if (isHeld && url.includes('2026-01-06')) waiting.push(response);
    else response.setHeader('content-type', 'application/json').end('{"orders": []}');
  });
  source.listen(0, '127.0.0.1');
  await once(source, 'listening');
  const address = `http://127.0.0.1:${(source.address() as AddressInfo).port}/v1/orders`;
  const ports = await portOptions();
  // what the samples had loaded would be emptied by this source, which is refused
  const start = async (...more: string[]) => {
    const own = cleanEnvironment({ WATERCLOCK_SOURCE_ORDERS: address });
    // npx would keep the signal to itself
    const program = runProgram('node_modules/.bin/waterclock', ['start', ...more, ...ports], project, own);
    await eventually(() => {
      expect(program.child.exitCode, program.output()).toBeNull();
      return program.output().includes('main job');
    });
    return program;
  };
  const written = () =>
    ['waterclock.config.ts', 'pipelines/orders/definition.ts', 'dbt/dbt_project.yml', 'dbt/profiles.yml'].map((file) =>
      readFileSync(join(project, file), 'utf8'),
    );
  const before = written();

  const older = await start('--fresh');
  const asked = await run(project, 'npx', 'waterclock', 'run', 'orders', '--interval', '2026-01-06T00:00Z');
  expect(asked).toMatchObject({ code: 0 });
  await eventually(() => waiting.length > 0);
  older.child.kill('SIGINT');
  await older.ended;

  expect(await run(project, 'npm', 'install', ...(await nextVersion()))).toMatchObject({ code: 0 });
  isHeld = false;
  const newer = await start();
  try {
    expect((await run(project, 'npx', 'waterclock', '--version')).output.trim()).toBe('0.2.1');
    await eventually(async () => {
      const { output } = await run(project, 'npx', 'waterclock', 'show', 'orders-2026-01-06T01:00:00Z', '--json');
      return /"status": ?"completed"/.test(output);
    });
    expect(written()).toEqual(before);
  } finally {
    newer.child.kill('SIGINT');
    await newer.ended;
    source.close();
    source.closeAllConnections();
  }
});

/** the same packages under the number that follows */
async function nextVersion(): Promise<string[]> {
  const next = join(folder, 'next');
  mkdirSync(next);
  const made = packagesOfAProject.map(async (name) => {
    const place = join(next, name);
    mkdirSync(place);
    await run(next, 'tar', 'xzf', packages.tarball(name), '-C', place);
    const file = join(place, 'package', 'package.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"0.2.0"', '"0.2.1"'));
    expect(await run(join(place, 'package'), 'npm', 'pack', '--pack-destination', next)).toMatchObject({ code: 0 });
    return join(next, `${name}-0.2.1.tgz`);
  });
  return Promise.all(made);
}

test('redshift-local from its tarball alone is as strict as from its source', async () => {
  const alone = join(folder, 'alone');
  mkdirSync(alone);
  await run(alone, 'npm', 'init', '-y');
  await passes(alone, 'npm', 'install', packages.tarball('redshift-local'));
  expect(existsSync(join(alone, 'node_modules/waterclock'))).toBe(false);
  const { child, url } = await startRedshift(alone);
  try {
    const cases = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'stack',
      'redshift-local/test/stack/cases.test.ts',
    ];
    const { code, output } = await promisify(execFile)(process.execPath, cases, {
      env: cleanEnvironment({ REDSHIFT_LOCAL_URL: url }),
      maxBuffer: 64 * 1024 * 1024,
    }).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        output: `${error.stdout}${error.stderr}`,
      }),
    );
    const failed = output.match(/FAIL .*/g)?.slice(0, 10);
    expect({ code, failed }, output.slice(-3_000)).toEqual({ code: 0, failed: undefined });
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  expect(child.exitCode).toBe(0);
});

async function startRedshift(cwd: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn('node_modules/.bin/redshift-local', ['--port', '0', '--wire-port', '0'], {
    cwd,
    env: cleanEnvironment({}),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let url = '';
  for await (const line of createInterface(child.stdout)) {
    url = /AWS_ENDPOINT_URL_REDSHIFT_DATA=(\S+)/.exec(line)?.[1] ?? url;
    if (line === 'redshift-local is ready') return { child, url };
  }
  throw new Error('redshift-local did not start');
}

test('create-waterclock is init', () => {
  const { dependencies } = JSON.parse(readFileSync('create-waterclock/package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(dependencies).toEqual({ waterclock: version });
});

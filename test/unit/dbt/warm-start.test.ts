import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDbt } from '../../../dbt/run-dbt.js';
import { warmStarts } from '../../../dbt/warm-start.js';
import { eventually } from '../../support/eventually.js';

// a program of Python that says when it was loaded, where it runs and with what

let folder: string;
let warm: ReturnType<typeof warmStarts>;
let environment: Record<string, string | undefined>;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waterclock-warm-')));
  mkdirSync(join(folder, 'dbt/cli'), { recursive: true });
  const main = `
import json, os, sys, time
loaded = time.time() * 1000
def cli():
    said = {"loaded": loaded, "cwd": os.getcwd(), "args": sys.argv[1:], "stdin": sys.stdin.read(), "own": os.environ.get("OWN")}
    print(json.dumps(said), flush=True)
    sys.exit(3)
`;
  writeFileSync(join(folder, 'dbt/cli/main.py'), main);
  for (const path of ['dbt/__init__.py', 'dbt/cli/__init__.py']) writeFileSync(join(folder, path), '');
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  writeFileSync(join(folder, 'program'), `#!${python}\nfrom dbt.cli.main import cli\ncli()\n`);
  chmodSync(join(folder, 'program'), 0o755);
  environment = { PATH: process.env['PATH'], PYTHONPATH: folder, OWN: 'one' };
  warm = warmStarts();
});
afterEach(() => {
  warm.drop();
  rmSync(folder, { recursive: true });
});

const program = () => ({ command: join(folder, 'program'), cwd: folder, environment });

async function run(...args: string[]) {
  const begun = Date.now();
  const lines: string[] = [];
  const exit = await runDbt({ ...program(), args, start: warm.start, line: (line) => void lines.push(line) });
  const said = JSON.parse(lines.join('')) as {
    loaded: number;
    cwd: string;
    args: string[];
    stdin: string;
    own: string;
  };
  return { ...said, code: exit.code, wasLoadedBefore: said.loaded < begun };
}

test('a command takes the process that was prepared, with its own words, folder and exit code', async () => {
  expect(await run('build')).toMatchObject({ wasLoadedBefore: false, args: ['build'], code: 3 });
  warm.prepare({ ...program(), cwd: tmpdir() });
  await sleep(500);
  expect(await run('build', '--select', 'tag:x')).toEqual({
    loaded: expect.any(Number) as number,
    wasLoadedBefore: true,
    cwd: folder,
    args: ['build', '--select', 'tag:x'],
    stdin: '',
    own: 'one',
    code: 3,
  });
});

test('one process runs one command', async () => {
  warm.prepare(program());
  await sleep(500);
  expect(await run('first')).toMatchObject({ wasLoadedBefore: true });
  expect(await run('second')).toMatchObject({ wasLoadedBefore: false });
});

test('another environment takes another process', async () => {
  warm.prepare(program());
  await sleep(500);
  environment = { ...environment, OWN: 'other' };
  expect(await run('build')).toMatchObject({ wasLoadedBefore: false, own: 'other' });
});

test('one that is not wanted any more ends', async () => {
  const marked = { ...environment, MARK: folder };
  const isThere = () => {
    const shown = execFileSync('ps', ['axeww', '-o', 'command='], { encoding: 'utf8' });
    return shown.split('\n').some((line) => line.includes(`MARK=${folder}`));
  };
  warm.prepare({ ...program(), environment: marked });
  await eventually(async () => isThere());
  warm.drop();
  await eventually(async () => !isThere());
});

test('a program that is not a Python script starts cold', async () => {
  const node = { command: process.execPath, cwd: folder, environment: {} };
  warm.prepare(node);
  const exit = await runDbt({ ...node, args: ['-e', 'process.exit(4)'], start: warm.start });
  expect(exit.code).toBe(4);
});

test('sessions of dbt-redshift have a name, for the driver looks through all loaded modules for one at each connect', async () => {
  mkdirSync(join(folder, 'dbt/adapters'));
  for (const name of ['__init__', 'redshift']) writeFileSync(join(folder, `dbt/adapters/${name}.py`), '');
  writeFileSync(join(folder, 'redshift_connector.py'), 'def connect(**given): return given\n');
  const cli = 'import json, redshift_connector as r\ndef cli(): print(json.dumps(r.connect(host="h")), flush=True)\n';
  writeFileSync(join(folder, 'dbt/cli/main.py'), cli);
  const lines: string[] = [];
  await runDbt({ ...program(), args: ['build'], line: (line) => void lines.push(line) });
  expect(JSON.parse(lines.join(''))).toEqual({ host: 'h', application_name: 'waterclock dbt' });
});

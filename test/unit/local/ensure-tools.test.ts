import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureTools, lockOf, stackTools, toolsVenv } from '../../../local/setup/ensure-tools.mjs';
import { venvFolder } from '../../../local/setup/tools-cache.mjs';

let folder: string;
let env: Record<string, string>;

/** makes venvs with itself in them, and notes each install */
const python = (installs: string) => `#!/bin/sh
case "$1 $2 $3 $4" in
  "-m venv"*) /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python" ;;
  "-m pip --quiet install") echo "$0" >> '${installs}'; exit "$PIP_EXIT" ;;
  "-m pip"*) ;;
  *) echo "$0|3|12|1" ;;
esac
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ensure-tools-'));
  writeFileSync(join(folder, 'python3'), python(join(folder, 'installs')));
  chmodSync(join(folder, 'python3'), 0o755);
  env = { PATH: folder, WATERCLOCK_CACHE: join(folder, 'cache'), PIP_EXIT: '0' };
});
afterEach(() => rmSync(folder, { recursive: true }));

const installs = () => readFileSync(join(folder, 'installs'), 'utf8').trim().split('\n');
const ensure = () => ensureTools(stackTools, { env, what: 'tools', say: () => undefined });

test('one of two set-ups makes the tools, at the place that they stay at; the other finds them', async () => {
  const both = await Promise.all([ensure(), ensure()]);
  const venv = venvFolder(join(folder, 'cache'), lockOf(stackTools), stackTools, { major: 3, minor: 12 });
  expect(both.map((one) => one.venv)).toEqual([venv, venv]);
  expect(both.filter(({ made }) => made)).toHaveLength(1);
  expect(installs()).toEqual([join(venv, 'bin', 'python')]);
  expect(await ensure()).toEqual({ venv });
  expect(readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('what a killed set-up has left half-made is made again', async () => {
  const venv = venvFolder(join(folder, 'cache'), lockOf(stackTools), stackTools, { major: 3, minor: 12 });
  mkdirSync(join(venv, 'half'), { recursive: true });
  await ensure();
  expect(existsSync(join(venv, 'half'))).toBe(false);
  expect(toolsVenv(stackTools, env)).toBe(venv);
});

test('an install that fails leaves nothing', async () => {
  env['PIP_EXIT'] = '1';
  await expect(ensure()).rejects.toThrow(/^pip failed/);
  expect(toolsVenv(stackTools, env)).toBeUndefined();
  expect(readdirSync(join(folder, 'cache'))).toEqual([`${stackTools}.log`]);
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { cleanEnvironment } from './clone.js';

export interface Ended {
  code: number;
  output: string;
}

/** the packages as they are published, installed into a folder that knows nothing of this clone */
export interface Packed {
  folder: string;
  /** where they are installed */
  empty: string;
  tarball(name: string): string;
  close(): void;
}

/** the starts of their tarballs' names */
export const packagesOfAProject = ['waterclock', 'waterclock-local', 'redshift-local', 'ecs-local'];

export async function packed(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-packages-'));
  const tarballs = join(folder, 'tarballs');
  const empty = join(folder, 'empty');
  await passes('.', process.execPath, 'release/pack.mjs', tarballs);
  const files = readdirSync(tarballs);
  const tarball = (name: string) => join(tarballs, files.find((file) => file.startsWith(`${name}-0`)) ?? '');
  mkdirSync(empty);
  await run(empty, 'npm', 'init', '-y');
  await passes(empty, 'npm', 'install', ...packagesOfAProject.map(tarball));
  return { folder, empty, tarball, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** with nothing of this clone in its environment */
export async function run(cwd: string, command: string, ...args: string[]): Promise<Ended> {
  const child = promisify(execFile)(command, args, {
    cwd,
    env: cleanEnvironment({ npm_config_audit: 'false', npm_config_fund: 'false', npm_config_prefer_offline: 'true' }),
    maxBuffer: 64 * 1024 * 1024,
  });
  return child.then(
    ({ stdout, stderr }) => ({ code: 0, output: `${stdout}${stderr}` }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: `${error.stdout}${error.stderr}`,
    }),
  );
}

/** fails with what was said */
export async function passes(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { code, output } = await run(cwd, command, ...args);
  expect(code, `${command} ${args.join(' ')}\n${output.slice(-3_000)}`).toBe(0);
  return output;
}

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder } from '../../../local/cache-folder.mjs';
import { findVenv, removeUnusedVenvs, stampVenv, touchVenv, venvFolder } from '../../../local/setup/tools-cache.mjs';

let cache: string;
let lock: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tools-cache-'));
  lock = join(cache, 'a.lock.txt');
  writeFileSync(lock, 'six==1.0');
});
afterEach(() => rmSync(cache, { recursive: true }));

function halfMade(minor = 12): string {
  const venv = venvFolder(cache, lock, 'a', { major: 3, minor });
  mkdirSync(join(venv, 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(venv, 'bin', 'python'));
  return venv;
}

function whole(minor = 12): string {
  const venv = halfMade(minor);
  stampVenv(lock, venv);
  return venv;
}

test.each([
  [{ WATERCLOCK_CACHE: '/c' }, 'darwin', '/c'],
  [{ HOME: '/home/a', XDG_CACHE_HOME: '/x' }, 'linux', '/x/waterclock'],
  [{ HOME: '/home/a' }, 'linux', '/home/a/.cache/waterclock'],
  [{ HOME: '/Users/a', XDG_CACHE_HOME: '/x' }, 'darwin', '/Users/a/Library/Caches/waterclock'],
])('%j on %s: %s', (env, platform, expected) => {
  expect(cacheFolder(env, platform)).toBe(expected);
});

test('a half-made venv does not count, a stamped one does', () => {
  const venv = halfMade();
  expect(findVenv(cache, lock, 'a')).toBeUndefined();
  stampVenv(lock, venv);
  expect(findVenv(cache, lock, 'a')).toBe(venv);
});

test('one of another lock, one that was moved, and one whose Python is gone do not count', () => {
  const venv = whole();
  writeFileSync(lock, 'six==1.1');
  expect(findVenv(cache, lock, 'a')).toBeUndefined();
  writeFileSync(lock, 'six==1.0');
  const moved = join(cache, basename(venv).replace('3.12', '3.13'));
  renameSync(venv, moved);
  expect(findVenv(cache, lock, 'a')).toBeUndefined();
  renameSync(moved, venv);
  unlinkSync(join(venv, 'bin', 'python'));
  expect(findVenv(cache, lock, 'a')).toBeUndefined();
});

test('each lock has its own, whose names differ', () => {
  const other = join(cache, 'b.lock.txt');
  writeFileSync(other, 'six==2.0');
  expect(venvFolder(cache, other, 'a', { major: 3, minor: 12 })).not.toBe(whole());
});

test('what was not used for 60 days is removed, what was touched since stays', () => {
  const [old, used] = [whole(10), whole(11)];
  const longAgo = Date.now() / 1000 - 61 * 86_400;
  for (const venv of [old, used]) utimesSync(join(venv, 'waterclock-stamp'), longAgo, longAgo);
  touchVenv(used);
  expect(removeUnusedVenvs(cache)).toEqual([basename(old)]);
  expect([existsSync(old), existsSync(used), existsSync(lock)]).toEqual([false, true, true]);
});

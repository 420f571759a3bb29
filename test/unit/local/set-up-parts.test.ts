import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPython } from '../../../local/setup/find-python.mjs';
import { soundsLikeNoNetwork } from '../../../local/setup/network.mjs';
import { isNewEnough } from '../../../local/setup/node-version.mjs';
import { isInstalled } from '../../../local/setup/npm-packages.mjs';
import { withSetUpLock } from '../../../local/setup/set-up-lock.mjs';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'set-up-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['18.20.0', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['22.0.0', true],
])('Node %s: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

test('an install is whole when every package has the version of the lock; those of other platforms may be absent', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-darwin': { version: '2.0.0', optional: true },
  };
  expect(isInstalled(wanted, { 'node_modules/a': { version: '1.0.0' } })).toBe(true);
  expect(isInstalled(wanted, { 'node_modules/a': { version: '1.0.1' } })).toBe(false);
  expect(isInstalled(wanted, {})).toBe(false);
});

/** answers what the set-up asks a Python */
function fakePython(name: string, answer: string, exitCode = 0): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho '${answer}'\nexit ${exitCode}\n`);
  chmodSync(join(folder, name), 0o755);
}

test('the newest Python that works is taken, a shim that fails is not', async () => {
  fakePython('python3.13', 'pyenv: python3.13: command not found', 127);
  fakePython('python3.12', '/opt/python3.12|3|12|1');
  fakePython('python3', '/usr/bin/python3|3|11|1');
  expect(await findPython({ PATH: folder })).toEqual({
    path: '/opt/python3.12',
    major: 3,
    minor: 12,
    makesVenvs: true,
  });
});

test('one that makes virtual environments goes before a newer one that cannot', async () => {
  fakePython('python3.13', '/usr/bin/python3.13|3|13|0');
  fakePython('python3.11', '/usr/bin/python3.11|3|11|1');
  expect((await findPython({ PATH: folder }))?.minor).toBe(11);
});

test('a Python that is too old is none', async () => {
  fakePython('python3', '/usr/bin/python3|3|9|1');
  expect(await findPython({ PATH: folder })).toBeUndefined();
});

test('a second set-up waits for the first and says so', async () => {
  const lock = join(folder, 'set-up.lock');
  const order: string[] = [];
  let finish = () => {};
  const first = withSetUpLock(
    lock,
    () => {},
    async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      order.push('first');
    },
  );
  const said: string[] = [];
  const second = withSetUpLock(
    lock,
    (line) => said.push(line),
    () => order.push('second'),
  );
  await expect.poll(() => said).toEqual([`another set-up is running (process ${process.pid}): waiting for it`]);
  finish();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
  expect(existsSync(lock)).toBe(false);
});

test('the lock of a killed set-up is taken over', async () => {
  const lock = join(folder, 'set-up.lock');
  writeFileSync(lock, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
  expect(
    await withSetUpLock(
      lock,
      () => {},
      () => 'done',
    ),
  ).toBe('done');
});

test.each([
  'npm error code EAI_AGAIN',
  'Temporary failure in name resolution',
  'error sending request for url',
  'connect ECONNREFUSED 10.0.0.1:443',
])('%s sounds like no network', (output) => {
  expect(soundsLikeNoNetwork(output)).toBe(true);
});

test('a wrong hash does not sound like no network', () => {
  expect(soundsLikeNoNetwork('THESE PACKAGES DO NOT MATCH THE HASHES')).toBe(false);
});

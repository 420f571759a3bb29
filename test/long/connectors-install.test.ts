import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPackage } from '../../control/connectors/install-package.js';
import type { ConnectorSource } from '../../model/connector.js';
import { connectorProgram, packageFolder } from '../../sources/connectors/home.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-install-'));
const index = join(folder, 'index');
const home = join(folder, 'connectors');
// pip asks nobody: what it finds lies in a folder
const environment = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, WATERCLOCK_CONNECTORS: home };
const connector = { language: 'singer', command: 'tap-shop', config: {}, streams: {} } satisfies ConnectorSource;

beforeAll(() => {
  mkdirSync(index);
  wheel('1.0.0', '>=3.10');
  wheel('2.0.0', '>=3.99');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** a package that has the program `tap-shop` */
function wheel(version: string, python: string): void {
  const root = join(folder, version);
  const info = join(root, `tap_shop-${version}.dist-info`);
  mkdirSync(info, { recursive: true });
  writeFileSync(join(root, 'tap_shop.py'), `def main():\n    print('tap-shop ${version}')\n`);
  writeFileSync(
    join(info, 'METADATA'),
    `Metadata-Version: 2.1\nName: tap-shop\nVersion: ${version}\nRequires-Python: ${python}\n`,
  );
  writeFileSync(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
  writeFileSync(join(info, 'entry_points.txt'), '[console_scripts]\ntap-shop = tap_shop:main\n');
  writeFileSync(join(info, 'RECORD'), '');
  const names = ['tap_shop.py', `tap_shop-${version}.dist-info`];
  const file = join(index, `tap_shop-${version}-py3-none-any.whl`);
  execFileSync('python3', ['-m', 'zipfile', '-c', file, ...names], { cwd: root });
}

const install = (name: string, signal = new AbortController().signal) =>
  installPackage(name, { home, environment, signal, say: () => undefined });

test('a package is installed once, and its program is found by its version', async () => {
  expect(await install('tap-shop==1.0.0')).toMatchObject({ outcome: 'installed' });
  const program = await connectorProgram({ ...connector, package: 'tap_shop==1.0.0' }, environment);
  expect(execFileSync(program).toString()).toBe('tap-shop 1.0.0\n');
  expect(await install('Tap.Shop==1.0.0')).toMatchObject({ outcome: 'there' });
  // without a version in the definition, wherever it is
  expect(await connectorProgram(connector, environment)).toBe(program);
  await expect(connectorProgram({ ...connector, package: 'tap-shop==1.0.1' }, environment)).rejects.toMatchObject({
    name: 'ConnectorMissing',
    message: `the package tap-shop==1.0.1 is not installed in ${home}`,
  });
  await expect(
    connectorProgram({ ...connector, command: 'tap-store', package: 'tap-shop==1.0.0' }, environment),
  ).rejects.toThrow('the package tap-shop==1.0.0 has no program tap-store');
});

test('two installs at a time end with one that works', async () => {
  const other = join(folder, 'two');
  const both = { home: other, environment, signal: new AbortController().signal, say: () => undefined };
  await Promise.all([installPackage('tap-shop==1.0.0', both), installPackage('tap-shop==1.0.0', both)]);
  const program = await connectorProgram(
    { ...connector, package: 'tap-shop==1.0.0' },
    { ...environment, WATERCLOCK_CONNECTORS: other },
  );
  expect(execFileSync(program).toString()).toBe('tap-shop 1.0.0\n');
});

test('one whose Python is gone is made again', async () => {
  const folder = join(home, packageFolder('tap-shop==1.0.0'));
  unlinkSync(join(folder, 'bin', 'python'));
  symlinkSync('/nowhere/python', join(folder, 'bin', 'python'));
  expect(await install('tap-shop==1.0.0')).toMatchObject({ outcome: 'installed' });
  expect(execFileSync(join(folder, 'bin', 'tap-shop')).toString()).toBe('tap-shop 1.0.0\n');
});

test('what fails or is interrupted leaves nothing, and says why', async () => {
  const before = readdirSync(join(home, '.venvs'));
  await expect(install('tap-shop==2.0.0')).rejects.toThrow(
    /tap-shop==2\.0\.0 was not installed with Python .*requires a different Python/,
  );
  await expect(install('tap-none==1.0.0')).rejects.toThrow('tap-none==1.0.0 was not installed');
  const controller = new AbortController();
  const interrupted = install('tap-shop==2.0.0', controller.signal);
  setTimeout(() => controller.abort(new Error('interrupted')), 300);
  await expect(interrupted).rejects.toThrow('interrupted');
  expect(readdirSync(join(home, '.venvs'))).toEqual(before);
  expect(existsSync(join(home, packageFolder('tap-shop==2.0.0')))).toBe(false);
});

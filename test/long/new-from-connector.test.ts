import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, type Clone } from '../support/clone.js';
import { fakeConnectors } from '../support/fake-connectors.js';

let clone: Clone;
beforeAll(() => {
  clone = cloneProgram();
  fakeConnectors(join(clone.root, 'connectors'));
});
afterAll(() => clone?.remove());

async function run(file: string, ...words: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...cleanEnvironment(), WATERCLOCK_CONNECTORS: join(clone.root, 'connectors') };
    execFile(process.execPath, [file, ...words], { cwd: clone.root, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
const waterclock = (...words: string[]) => run('starter/bin.mjs', ...words);
const tool = (path: string, ...words: string[]) => run(join('node_modules', path), ...words);

test(
  'a pipeline of a connector, and of a tap, passes the check, the formatter, the linter and the compiler',
  { timeout: 300_000 },
  async () => {
    const config = join(clone.root, 'shop.json');
    writeFileSync(config, JSON.stringify({ records: 4, stateEvery: 2, token: { secret: 'SHOP_TOKEN' } }));
    const made = await waterclock('new', 'shop', '--from-connector', 'source-fake', '--config', config, '--json');
    expect(JSON.parse(made.stdout)).toMatchObject({
      status: 'written',
      entities: [
        { name: 'orders', sync: 'incremental', mode: 'merge', key: ['id'] },
        { name: 'people', sync: 'incremental', mode: 'merge', key: ['id'] },
      ],
    });
    const tapped = await waterclock('new', 'members', '--from-connector', 'tap-fake', '--streams', 'people');
    expect(tapped).toMatchObject({ code: 0 });
    const manifest = join(clone.root, 'stores.yaml');
    writeFileSync(
      manifest,
      'version: 1\nspec: { connection_specification: { required: [key], properties: { key: { type: string, airbyte_secret: true } } } }\n',
    );
    expect(await waterclock('new', 'stores', '--from-connector', manifest, '--streams', 'people')).toMatchObject({
      code: 0,
    });
    const check = await waterclock('pipelines', '--check', '--json');
    expect(JSON.parse(check.stdout)).toMatchObject({
      ok: true,
      pipelines: expect.arrayContaining(['shop', 'members', 'stores']) as unknown,
    });
    const own = ['examples/pipelines', 'examples/waterclock.config.ts'];
    const results = [
      await tool('prettier/bin/prettier.cjs', '--check', 'examples/pipelines/**/*.ts', 'examples/waterclock.config.ts'),
      await tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', ...own),
      await tool('typescript/bin/tsc'),
    ];
    for (const { code, stdout, stderr } of results)
      expect({ code, told: code ? stdout + stderr : '' }).toEqual({ code: 0, told: '' });
  },
);

test('a value of a secret is refused in the config, and names the place', async () => {
  const config = join(clone.root, 'bare.json');
  const manifest = join(clone.root, 'stores.yaml');
  writeFileSync(config, JSON.stringify({ key: 'planted-value' }));
  const { code, stderr } = await waterclock('new', 'bare', '--from-connector', manifest, '--config', config);
  expect(code).toBe(2);
  expect(stderr).toContain('has the value of key, which is a secret');
  expect(stderr).not.toContain('planted-value');
});

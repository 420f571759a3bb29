import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, healthCheck } from '../../infra/container.js';
import { workerMemory } from '../../local/worker-memory.js';

const dockerfile = readFileSync('Dockerfile', 'utf8');
/** what the service and the local warehouse run from; the rest of `local`, and `infra`, are not in it */
const product =
  'activities columns control dbt define examples/pipelines lake model records redshift-local samples sources starter testing validate warehouse worker workflows'.split(
    ' ',
  );
const files = product.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);

test('a worker in the image keeps memory as the local one does', () => {
  for (const [name, value] of Object.entries(workerMemory)) expect(dockerfile).toContain(` ${name}=${value} `);
});

test('what is read at run time and not compiled is copied into the image', () => {
  // compiled, emitted beside what imports it, copied by name, or said to be absent
  const known =
    /\.ts$|\.json$|^starter\/bin\.mjs$|^worker\/thread-from-source\.mjs$|^(examples\/pipelines|redshift-local)\/.*\.(yaml|sql)$|\.md$|^starter\/templates\/|^redshift-local\/(bin\.mjs$|test\/)/;
  expect(files.filter((file) => !known.test(file))).toEqual([]);
  // what this makes is what the tests of the stack run
  expect(dockerfile).toContain('node infra/image/build.mjs dist');
});

test('what the service imports is left in the image', () => {
  const [, removed = ''] = /npm uninstall (.*) \\/.exec(dockerfile) ?? [];
  const packages = removed.split(' ').filter((word) => !word.startsWith('--'));
  expect(packages.length).toBeGreaterThan(0);
  const isImported = (name: string, text: string) => new RegExp(`(from|import\\() ?'${name}(/[^']*)?'`).test(text);
  // a project in TypeScript is read by tsx, which says so where it is missing
  for (const file of files.filter((file) => file.endsWith('.ts') && file !== 'define/open-project.ts')) {
    const text = readFileSync(file, 'utf8');
    expect({ file, imports: packages.filter((name) => isImported(name, text)) }).toEqual({ file, imports: [] });
  }
});

test('the image is no root, and has an init, from a base that is pinned to a version', () => {
  expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
  const service = dockerfile.slice(dockerfile.indexOf('AS service'));
  expect(service).toMatch(/^USER node$/m);
  expect(service).toMatch(/^ENTRYPOINT \["tini", "--"\]$/m);
});

test('the programs that containers are started and asked with are compiled into it', () => {
  const { files: compiled } = JSON.parse(readFileSync('infra/image/tsconfig.json', 'utf8')) as { files: string[] };
  for (const [program] of [command.slice(-1), healthCheck.command.slice(-1)]) {
    expect(compiled).toContain(`../../${program?.replace(/\.js$/, '.ts')}`);
  }
});

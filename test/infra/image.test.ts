import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, healthCheck } from '../../infra/container.js';
import { workerMemory } from '../../local/worker-memory.js';

const dockerfile = readFileSync('Dockerfile', 'utf8');
/** what the service and the local warehouse run from; the rest of `local`, and `infra`, are not in it */
const product =
  'activities columns control dbt define examples/pipelines infer lake model records redshift-local samples sources starter testing validate warehouse worker workflows'.split(
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

test('what the service imports is a dependency of its package, which is all that the image installs', () => {
  expect(dockerfile).toContain('npm ci --omit=dev --workspaces=false');
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const known = new Set([...Object.keys(dependencies), 'waterclock']);
  // a project in TypeScript is read by tsx, which says so where it is missing; a template is a project's own
  const isOther = (file: string) => /^(redshift-local|starter\/templates)\/|^define\/open-project\.ts$/.test(file);
  const unknown = files
    .filter((file) => file.endsWith('.ts') && !isOther(file))
    .flatMap((file) => {
      const imports = readFileSync(file, 'utf8').matchAll(
        /^(?:import|export)\b[^'\n]*(?:\n[^'\n]*)*? from '([^'.][^']*)';$/gm,
      );
      return Array.from(imports, ([, name = '']) => packageOf(name)).flatMap((name) =>
        name.startsWith('node:') || known.has(name) ? [] : [`${file}: ${name}`],
      );
    });
  expect(unknown).toEqual([]);
});

const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

test('the image is no root, and has an init, from a base that is pinned to a version', () => {
  expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
  const service = dockerfile.slice(dockerfile.indexOf('AS service'));
  expect(service).toMatch(/^USER 1000$/m);
  expect(service).toMatch(/^ENTRYPOINT \["tini", "--"\]$/m);
});

test('the programs that containers are started and asked with are compiled into it', () => {
  const { files: compiled } = JSON.parse(readFileSync('infra/image/tsconfig.json', 'utf8')) as { files: string[] };
  for (const [program] of [command.slice(-1), healthCheck.command.slice(-1)]) {
    expect(compiled).toContain(`../../${program?.replace(/\.js$/, '.ts')}`);
  }
});

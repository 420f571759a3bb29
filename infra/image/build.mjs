import { spawnSync } from 'node:child_process';
import { cpSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// the program as containers run it, in the folder named: compiled, with what it reads, and the workflows as one bundle
const root = fileURLToPath(new URL('../..', import.meta.url));
const [folder = 'dist'] = process.argv.slice(2);
const out = resolve(root, folder);
function run(...args) {
  // the compiler tells its errors on stdout
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) process.exit(1);
}

const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
run(join(typescript, 'bin/tsc'), '-p', 'infra/image', '--outDir', out);
// samples are for the embedded stack
const isRead = (path) => (statSync(path).isDirectory() ? basename(path) !== 'sample' : /\.(yaml|sql)$/.test(path));
for (const room of ['examples/pipelines', 'redshift-local']) {
  cpSync(join(root, room), join(out, room), { recursive: true, filter: isRead });
}
for (const file of ['package.json', 'starter/bin.mjs']) cpSync(join(root, file), join(out, file));
run(join(out, 'infra/image/bundle-workflows.js'));

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packages } from './packages.mjs';

// `npm run pack [folder]`: the tarballs that are published, compiled, in dist/packages
const root = fileURLToPath(new URL('..', import.meta.url));
const [target = join(root, 'dist/packages')] = process.argv.slice(2);
const compiled = join(root, 'dist/compiled');
const staged = join(root, 'dist/staged');

function run(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    ...options,
  });
  if (status === 0) return stdout;
  process.stderr.write(`${stdout}\n`);
  process.exit(1);
}

for (const folder of [compiled, staged, target]) rmSync(folder, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
run(process.execPath, [join(typescript, 'bin/tsc'), '-p', 'release']);
run(process.execPath, [join(compiled, 'worker/bundle-workflows.js')]);

/** of a package.json: what only a clone needs */
const ofTheClone = ['scripts', 'devDependencies', 'workspaces', 'allowScripts', 'overrides', 'waterclock', 'private'];
/** not what a run left there */
const isSource = (path) => !/(\.waterclock|__pycache__|[/\\](target|logs|node_modules))$/.test(path);
const isOther = (path) => path.includes('node_modules') || path.includes('test');

for (const { name, folder, rooms = [''], files = [], also = [], loose, renamed = {} } of packages) {
  const out = join(staged, name.replace('/', '-'));
  for (const part of [...rooms, ...files]) cpSync(join(compiled, folder, part), join(out, part), { recursive: true });
  for (const path of also.filter((path) => existsSync(join(root, folder, path)))) {
    // the chart links files that other deployments have too: npm packs no links
    cpSync(join(root, folder, path), join(out, path), { recursive: true, dereference: true, filter: isSource });
  }
  const within = loose ? readdirSync(join(root, folder), { recursive: true }) : [];
  for (const path of within.filter((path) => loose.test(path) && !isOther(path))) {
    cpSync(join(root, folder, path), join(out, path));
  }
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
  for (const [from, to] of Object.entries(renamed)) cpSync(join(root, from), join(out, to));
  const own = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  for (const name of ofTheClone) delete own[name];
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  process.stdout.write(run('npm', ['pack', '--silent', '--pack-destination', target], { cwd: out }));
}

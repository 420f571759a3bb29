import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// the program as containers run it, in the folder named: compiled, with what it reads, and the workflows as one bundle;
// tests name a configuration of the compiler that takes their own project too, and the folder of its pipelines
const root = fileURLToPath(new URL('../..', import.meta.url));
const [folder = 'dist', compiler = 'infra/image', ...more] = process.argv.slice(2);
const out = resolve(root, folder);
function run(...args) {
  // the compiler tells its errors on stdout
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) process.exit(1);
}

/** on a busy machine the compiler has ended well without a file: one that it names, or one that another file imports */
function compile(triesLeft = 2) {
  const args = [join(typescript, 'bin/tsc'), '-p', compiler, '--outDir', out, '--listEmittedFiles'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', process.stderr],
  });
  const files = stdout.split('\n').flatMap((line) => /^TSFILE: +(.+)$/.exec(line)?.[1] ?? []);
  if (status !== 0 || files.length === 0) {
    process.stderr.write(stdout);
    process.exit(1);
  }
  const named = files.map((file) => resolve(root, file));
  const missing = new Set([...named, ...named.flatMap(importsOf)].filter((file) => !existsSync(file)));
  if (missing.size === 0) return;
  if (triesLeft > 0) return compile(triesLeft - 1);
  process.stderr.write(
    `tsc ended well, and files that it should have written are not there: ${[...missing].slice(0, 5).join(', ')}\n`,
  );
  process.exit(1);
}

function importsOf(file) {
  if (!existsSync(file) || !file.endsWith('.js')) return [];
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"]*['"](\.{1,2}\/[^'"$]+\.js)['"]/gm);
  return Array.from(imports, ([, path]) => resolve(dirname(file), path));
}

const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
compile();
// samples are for the embedded stack, all but what the doctor loads
const isOfSample = (path) => basename(dirname(path)) === 'sample';
const isRead = (path) => {
  if (statSync(path).isDirectory()) return !isOfSample(path);
  return isOfSample(path) ? /(sample\.yaml|small\.json)$/.test(path) : /\.(yaml|sql)$/.test(path);
};
for (const room of ['examples/pipelines', 'redshift-local', ...more]) {
  cpSync(join(root, room), join(out, room), { recursive: true, filter: isRead });
}
for (const file of ['package.json', 'starter/bin.mjs']) cpSync(join(root, file), join(out, file));
run(join(out, 'worker/bundle-workflows.js'));

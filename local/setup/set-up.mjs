import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endWithSteps } from './end-with-steps.mjs';
import { ensureTools, stackTools } from './ensure-tools.mjs';
import { folderSize } from './folder-size.mjs';
import { installNpmPackages, npmPackagesAreCurrent } from './npm-packages.mjs';
import { withSetUpLock } from './set-up-lock.mjs';

/** makes what is missing; answers a line that says what it took, or undefined when all was there */
export async function setUp(root, env, { needsPython = true } = {}) {
  const stopListening = endWithSteps();
  try {
    const npm = npmPackagesAreCurrent(root) ? undefined : await installPackages(root, env);
    const python = needsPython ? await setUpTools(env) : undefined;
    const took = [npm && { name: 'npm', ...npm }, python && { name: 'python tools', ...python }].filter(Boolean);
    return took.length > 0 ? summaryOf(took) : undefined;
  } finally {
    stopListening();
  }
}

/** the tools that are not npm packages, of all the user's projects; answers what it took where they were not there */
export async function setUpTools(env, say = sayOnStderr) {
  const { made } = await ensureTools(stackTools, { env, what: 'temporal, rclone and dbt, about 460 MB', say });
  return made;
}

export function summaryOf(took) {
  const bytes = took.reduce((sum, one) => sum + one.bytes, 0);
  const parts = took.map(({ name, seconds }) => `${name} ${seconds} s`);
  return `set-up, first time only: about ${megabytes(bytes)}   ${parts.join('   ')}`;
}

async function installPackages(root, env) {
  const home = join(root, '.waterclock');
  return withSetUpLock(join(home, 'set-up.lock'), sayOnStderr, async (onSpawn) => {
    if (npmPackagesAreCurrent(root)) return undefined;
    mkdirSync(home, { recursive: true });
    const log = join(home, 'set-up.log');
    writeFileSync(log, '');
    // of a set-up that was killed
    rmSync(join(home, 'probe'), { recursive: true, force: true });
    sayOnStderr('set-up: npm ci, about 740 MB in node_modules ...');
    const started = Date.now();
    await installNpmPackages({ root, env, log, onSpawn });
    const bytes = folderSize(join(root, 'node_modules'));
    const seconds = Math.round((Date.now() - started) / 1000);
    sayOnStderr(`set-up: npm  ${seconds} s  ${megabytes(bytes)}`);
    return { seconds, bytes };
  });
}

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

const sayOnStderr = (line) => process.stderr.write(`${line}\n`);

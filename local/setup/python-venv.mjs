import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPythonTools, pythonToolsAreCurrent } from './python-tools.mjs';
import { withSetUpLock } from './set-up-lock.mjs';

/**
 * the Python of `.waterclock/venv-<name>`, made on first use from `local/python/<name>.lock.txt`: what tests and
 * benches compare with, and nothing that the stack needs
 */
export async function pythonVenv(root, name, env) {
  const home = join(root, '.waterclock');
  const venv = join(home, `venv-${name}`);
  const lock = join(root, 'local', 'python', `${name}.lock.txt`);
  if (!pythonToolsAreCurrent(lock, venv)) {
    mkdirSync(home, { recursive: true });
    await withSetUpLock(join(home, `venv-${name}.lock`), say, async (onSpawn) => {
      if (pythonToolsAreCurrent(lock, venv)) return;
      const log = join(home, `venv-${name}.log`);
      writeFileSync(log, '');
      const started = Date.now();
      say(`python packages for ${name} ...`);
      await installPythonTools({ root, lock, venv, env, log, onSpawn });
      say(`python packages for ${name}  ${Math.round((Date.now() - started) / 1000)} s`);
    });
  }
  return join(venv, 'bin', 'python');
}

const say = (line) => process.stderr.write(`${line}\n`);

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../cache-folder.mjs';
import { folderSize } from './folder-size.mjs';
import { installPythonTools } from './python-tools.mjs';
import { withSetUpLock } from './set-up-lock.mjs';
import { findVenv, removeUnusedVenvs, toolsLockFile, touchVenv } from './tools-cache.mjs';

const locks = fileURLToPath(new URL('../python', import.meta.url));

/** of a lock beside this folder; `requirements` is what the embedded stack needs, others are of tests and benches */
export const lockOf = (name) => join(locks, `${name}.lock.txt`);

export const stackTools = 'requirements';

/** the venv of a lock in the user's cache; undefined until it is made */
export const toolsVenv = (name, env) => findVenv(cacheFolder(env), lockOf(name), name);

/** makes the venv where there is none; one process at a time, the others wait and find it */
export async function ensureTools(name, { env, what, say = sayOnStderr }) {
  const cache = cacheFolder(env);
  const lock = lockOf(name);
  const there = toolsVenv(name, env);
  if (there) {
    touchVenv(there);
    return { venv: there };
  }
  mkdirSync(cache, { recursive: true });
  return withSetUpLock(toolsLockFile(cache, lock, name), say, async (onSpawn) => {
    const made = toolsVenv(name, env);
    if (made) return { venv: made };
    const log = join(cache, `${name}.log`);
    writeFileSync(log, '');
    const started = Date.now();
    say(`set-up: ${what} in ${cache} ...`);
    const venv = await installPythonTools({ cache, lock, name, env, log, onSpawn });
    removeUnusedVenvs(cache);
    const seconds = Math.round((Date.now() - started) / 1000);
    const bytes = folderSize(venv);
    say(`set-up: ${what}  ${seconds} s  ${Math.round(bytes / 1e6)} MB`);
    return { venv, made: { seconds, bytes } };
  });
}

const sayOnStderr = (line) => process.stderr.write(`${line}\n`);

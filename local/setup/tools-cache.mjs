import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** tools that no start has used for so long are removed when others are made */
const unusedFor = 60 * 86_400_000;
const touchedEvery = 86_400_000;

const stampOf = (venv) => join(venv, 'waterclock-stamp');
const hashOf = (lock) => createHash('sha256').update(readFileSync(lock)).digest('hex');

/** a venv's scripts name its place: one that was moved is none */
const stampText = (lock, venv) => `${hashOf(lock)} ${realpathSync(venv)}`;

/** begins the names of all venvs of a lock on this platform; what follows is the version of their Python */
const beginning = (lock, name) => `${name}-${hashOf(lock).slice(0, 16)}-${process.platform}-${process.arch}-python`;

export const venvFolder = (cache, lock, name, { major, minor }) =>
  join(cache, `${beginning(lock, name)}${major}.${minor}`);

export const toolsLockFile = (cache, lock, name) => join(cache, `${beginning(lock, name)}.lock`);

/** the venv of a lock, of whatever Python; undefined when there is none that works */
export function findVenv(cache, lock, name) {
  const start = beginning(lock, name);
  return list(cache)
    .filter((entry) => entry.startsWith(start))
    .map((entry) => join(cache, entry))
    .find((venv) => isWhole(lock, venv));
}

/** the Python that made it may have been removed since */
function isWhole(lock, venv) {
  const stamp = stampOf(venv);
  return (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === stampText(lock, venv) &&
    existsSync(join(venv, 'bin', 'python'))
  );
}

/** comes last, so that a half-made one never counts */
export function stampVenv(lock, venv) {
  writeFileSync(stampOf(venv), stampText(lock, venv));
}

/** says that it is used, at most once a day */
export function touchVenv(venv, now = Date.now()) {
  const stamp = stampOf(venv);
  if (statSync(stamp).mtimeMs > now - touchedEvery) return;
  try {
    utimesSync(stamp, now / 1000, now / 1000);
  } catch {
    // a cache that this user may only read
  }
}

/** answers the names of what it removed */
export function removeUnusedVenvs(cache, now = Date.now()) {
  const old = list(cache).filter((entry) => {
    const stamp = stampOf(join(cache, entry));
    return existsSync(stamp) && statSync(stamp).mtimeMs < now - unusedFor;
  });
  for (const entry of old) rmSync(join(cache, entry), { recursive: true, force: true });
  return old;
}

function list(cache) {
  return existsSync(cache) ? readdirSync(cache).sort() : [];
}

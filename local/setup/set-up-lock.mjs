import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from './process-start.mjs';

/** one set-up at a time: the second waits; what a killed one left running is ended */
export async function withSetUpLock(path, say, work) {
  mkdirSync(dirname(path), { recursive: true });
  const own = { pid: process.pid, startedAt: processStart(process.pid) };
  let hasSaid = false;
  while (!take(path, own)) {
    const holder = read(path);
    if (holder === 'none') continue;
    if (!holder || processStart(holder.pid) !== holder.startedAt) {
      endChild(holder?.child);
      removeStale(path, own);
      continue;
    }
    if (!hasSaid) say(`another set-up is running (process ${holder.pid}): waiting for it`);
    hasSaid = true;
    await sleep(200);
  }
  const release = () => {
    if (read(path)?.pid === process.pid) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    return await work((pid) =>
      writeFileSync(path, JSON.stringify({ ...own, child: { pid, startedAt: processStart(pid) } })),
    );
  } finally {
    release();
    process.off('exit', release);
  }
}

/** whole from its first moment: an empty file would be taken for a broken one */
function take(path, own) {
  const half = `${path}.${own.pid}`;
  writeFileSync(half, JSON.stringify(own));
  try {
    linkSync(half, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(half, { force: true });
  }
}

/** moved first, and looked at again: another process may have removed it and taken the lock meanwhile */
function removeStale(path, own) {
  const moved = `${path}.${own.pid}.stale`;
  try {
    renameSync(path, moved);
  } catch {
    return;
  }
  const holder = read(moved);
  if (holder?.pid && processStart(holder.pid) === holder.startedAt) renameSync(moved, path);
  else rmSync(moved, { force: true });
}

/** `none`: it was released; undefined: nobody could have written it */
function read(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return error.code === 'ENOENT' ? 'none' : undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function endChild(child) {
  if (!child || processStart(child.pid) !== child.startedAt) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

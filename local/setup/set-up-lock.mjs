import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from './process-start.mjs';

/** one set-up at a time in a clone: the second waits; what a killed one left running is ended */
export async function withSetUpLock(path, say, work) {
  mkdirSync(dirname(path), { recursive: true });
  const own = { pid: process.pid, startedAt: processStart(process.pid) };
  let hasSaid = false;
  while (!take(path, own)) {
    const holder = read(path);
    if (!holder || processStart(holder.pid) !== holder.startedAt) {
      endChild(holder?.child);
      rmSync(path, { force: true });
      continue;
    }
    if (!hasSaid) say(`another set-up runs in this clone (process ${holder.pid}): waiting for it`);
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

function take(path, own) {
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
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

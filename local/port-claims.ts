import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { withSetUpLock } from './setup/set-up-lock.mjs';
import { identify, isSameProcess } from './supervisor/process-identity.js';

const claims = z.object({ pid: z.number(), startedAt: z.string(), ports: z.array(z.number()) });
type Claims = z.infer<typeof claims>;

/** of this user, across clones */
const folder = join(tmpdir(), `waterclock-ports-${process.getuid?.() ?? 'user'}`);

/** who has a port: this process, another, nobody */
export type HolderOf = (port: number) => 'own' | 'other' | undefined;

/**
 * one process at a time chooses ports, and what it takes is its own until it ends: services bind their ports a moment after
 * these were found free, and until then another stack would find them free too
 */
export function claimPorts<T>(
  choose: (holderOf: HolderOf) => Promise<T>,
  portsOf: (chosen: T) => number[],
): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const say = () => undefined;
  return withSetUpLock(join(folder, 'lock'), say, async () => {
    const live = liveClaims();
    const own = live.find(({ pid }) => pid === process.pid) ?? { ...identity(), ports: [] };
    const others = new Set(live.filter((one) => one !== own).flatMap(({ ports }) => ports));
    const chosen = await choose((port) => (others.has(port) ? 'other' : own.ports.includes(port) ? 'own' : undefined));
    write({ ...own, ports: [...new Set([...own.ports, ...portsOf(chosen)])] });
    return chosen;
  });
}

const identity = () => identify(process.pid) ?? { pid: process.pid, startedAt: '' };

const fileOf = (pid: number) => join(folder, `${pid}.json`);

/** those of processes that have ended go */
function liveClaims(): Claims[] {
  const found: Claims[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.json')) continue;
    const one = read(join(folder, name));
    if (one && isSameProcess(one)) found.push(one);
    else rmSync(join(folder, name), { force: true });
  }
  return found;
}

function read(path: string): Claims | undefined {
  try {
    return claims.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function write(own: Claims): void {
  const half = `${fileOf(own.pid)}.new`;
  writeFileSync(half, JSON.stringify(own), { mode: 0o600 });
  renameSync(half, fileOf(own.pid));
}

import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** where what was learnt of a project is kept between builds, on this machine */
export function cacheFile(dbt: { command: string; projectDir: string; target: string }, name: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([dbt.command, dbt.projectDir, dbt.target]))
    .digest('hex')
    .slice(0, 16);
  // a container may run as a number that has no name
  return join(tmpdir(), `waterclock-dbt-${process.getuid?.() ?? 'own'}`, `${hash}.${name}`);
}

/** replaced in one step: another build may be reading it. without it dbt parses anew, so a failure is none */
export async function copyParse(from: string, to: string): Promise<void> {
  // builds of one process keep what they learnt at the same time
  const half = `${to}.${randomUUID()}`;
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(from, half);
    await rename(half, to);
  } catch {
    // absent, or the folder is not ours
  }
}

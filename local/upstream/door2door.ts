import { lstat, mkdir, readdir, readlink, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { duration } from '../../model/interval.js';
import { cover, type Coverage } from './coverage.js';
import { simulatedFiles } from './door2door-sample.js';

const bucket = 'de-tech-assessment-2022';
const grid = { every: duration('1 hour'), offset: duration('5 minutes') };

export interface Door2door {
  coverage(now: number): Promise<Coverage>;
}

/** lays the files where the S3 server shows them, under the real bucket and prefix */
export async function openDoor2door(state: string, folder: string | undefined): Promise<Door2door> {
  const shown = join(state, bucket, 'data');
  await mkdir(join(state, bucket), { recursive: true });
  await (folder ? linkFolder(resolve(folder), shown) : writeSample(shown, join(state, '.door2door-sample')));
  return { coverage: async (now) => cover(grid, await filesOf(shown), now, !folder) };
}

async function linkFolder(folder: string, shown: string): Promise<void> {
  if ((await readlink(shown).catch(() => undefined)) === folder) return;
  await rm(shown, { recursive: true, force: true });
  await symlink(folder, shown, 'dir');
}

/** beside its place first: an interrupted start leaves no half sample */
async function writeSample(shown: string, scratch: string): Promise<void> {
  if (await isWritten(shown)) return;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  for (const { name, modified, text } of simulatedFiles()) {
    await writeFile(join(scratch, name), text);
    await utimes(join(scratch, name), modified, modified);
  }
  await rm(shown, { recursive: true, force: true });
  await rename(scratch, shown);
}

async function isWritten(shown: string): Promise<boolean> {
  if (!(await lstat(shown).catch(() => undefined))?.isDirectory()) return false;
  const checks = simulatedFiles().map(async ({ name, modified, text }) => {
    const file = await stat(join(shown, name)).catch(() => undefined);
    return file?.size === Buffer.byteLength(text) && file.mtimeMs === modified.getTime();
  });
  return (await Promise.all(checks)).every(Boolean);
}

/** links are followed, as the S3 server follows them */
async function filesOf(root: string, folder = root): Promise<{ name: string; at: number }[]> {
  const found = (await readdir(folder)).map(async (entry) => {
    const path = join(folder, entry);
    const file = await stat(path);
    if (file.isDirectory()) return filesOf(root, path);
    return [{ name: relative(root, path), at: file.mtimeMs }];
  });
  return (await Promise.all(found)).flat();
}

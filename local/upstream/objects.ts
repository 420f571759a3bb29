import { lstat, mkdir, readlink, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Sample, type SampleObject, type SampleObjects, filesOf, readObjects } from 'waterclock/samples';

export interface Objects {
  /** when each was last modified */
  moments(): Promise<{ name: string; at: number }[]>;
}

/** lays a sample's objects, or the files of `data` as they are, where the S3 server shows them */
export async function layObjects(
  sample: Sample,
  objects: SampleObjects,
  state: string,
  data?: string,
): Promise<Objects> {
  const shown = join(state, objects.bucket, objects.prefix);
  await mkdir(dirname(shown), { recursive: true });
  await (data
    ? linkFolder(resolve(data), shown)
    : lay(await readObjects(sample, objects), shown, join(state, `.${sample.pipeline}`)));
  return { moments: () => filesOf(shown) };
}

async function linkFolder(folder: string, shown: string): Promise<void> {
  const link = shown.replace(/\/$/, '');
  if ((await readlink(link).catch(() => undefined)) === folder) return;
  await rm(link, { recursive: true, force: true });
  await symlink(folder, link, 'dir');
}

/** beside its place first: an interrupted start leaves no half sample */
async function lay(laid: SampleObject[], shown: string, scratch: string): Promise<void> {
  const place = shown.replace(/\/$/, '');
  if (await isLaid(laid, place)) return;
  await rm(scratch, { recursive: true, force: true });
  for (const { name, modified, body } of laid) {
    await mkdir(dirname(join(scratch, name)), { recursive: true });
    await writeFile(join(scratch, name), body);
    await utimes(join(scratch, name), modified, modified);
  }
  await rm(place, { recursive: true, force: true });
  await rename(scratch, place);
}

async function isLaid(laid: SampleObject[], place: string): Promise<boolean> {
  if (!(await lstat(place).catch(() => undefined))?.isDirectory()) return false;
  const checks = laid.map(async ({ name, modified, body }) => {
    const file = await stat(join(place, name)).catch(() => undefined);
    return file?.size === body.length && file.mtimeMs === modified.getTime();
  });
  return (await Promise.all(checks)).every(Boolean);
}

import {
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Sample, SampleObjects } from './sample.js';

export interface Objects {
  /** when each was last modified */
  moments(): Promise<{ name: string; at: number }[]>;
}

interface Laid {
  name: string;
  modified: Date;
  body: Buffer;
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
    : lay(await read(sample, objects), shown, join(state, `.${sample.pipeline}`)));
  return { moments: () => filesOf(shown) };
}

async function read({ folder }: Sample, objects: SampleObjects): Promise<Laid[]> {
  const root = join(folder, objects.folder);
  const laid: Laid[] = [];
  for (const { name } of await filesOf(root)) {
    laid.push({ name, modified: modifiedOf(name, objects.modified), body: await readFile(join(root, name)) });
  }
  return laid;
}

const parts = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** of a name by its form, or the one time that is given */
export function modifiedOf(name: string, form: string): Date {
  if (!form.includes('{')) return new Date(form);
  const pattern = form
    .split(/\{(\w+)\}/)
    .map((text, at) => (at % 2 ? `(?<${text}>\\d+)` : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  const found = new RegExp(`${pattern}$`).exec(name)?.groups;
  if (!found) throw new Error(`the name of ${name} has no time in the form ${form}`);
  const [year = 1970, month = 1, ...rest] = parts.map((part) =>
    found[part] === undefined ? undefined : Number(found[part]),
  );
  return new Date(Date.UTC(year, month - 1, rest[0] ?? 1, rest[1] ?? 0, rest[2] ?? 0, rest[3] ?? 0));
}

async function linkFolder(folder: string, shown: string): Promise<void> {
  const link = shown.replace(/\/$/, '');
  if ((await readlink(link).catch(() => undefined)) === folder) return;
  await rm(link, { recursive: true, force: true });
  await symlink(folder, link, 'dir');
}

/** beside its place first: an interrupted start leaves no half sample */
async function lay(laid: Laid[], shown: string, scratch: string): Promise<void> {
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

async function isLaid(laid: Laid[], place: string): Promise<boolean> {
  if (!(await lstat(place).catch(() => undefined))?.isDirectory()) return false;
  const checks = laid.map(async ({ name, modified, body }) => {
    const file = await stat(join(place, name)).catch(() => undefined);
    return file?.size === body.length && file.mtimeMs === modified.getTime();
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

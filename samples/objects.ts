import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Sample, SampleObjects } from './sample.js';

export interface SampleObject {
  /** the rest of its key behind the prefix */
  name: string;
  modified: Date;
  body: Buffer;
}

/** the objects of a sample, by name */
export async function readObjects({ folder }: Sample, objects: SampleObjects): Promise<SampleObject[]> {
  const root = join(folder, objects.folder);
  const found: SampleObject[] = [];
  for (const { name } of await filesOf(root)) {
    found.push({ name, modified: modifiedOf(name, objects.modified), body: await readFile(join(root, name)) });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
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
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    found[part] === undefined ? undefined : Number(found[part]),
  );
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** links are followed, as the S3 server follows them */
export async function filesOf(root: string, folder = root): Promise<{ name: string; at: number }[]> {
  const found = (await readdir(folder)).map(async (entry) => {
    const path = join(folder, entry);
    const file = await stat(path);
    if (file.isDirectory()) return filesOf(root, path);
    return [{ name: relative(root, path), at: file.mtimeMs }];
  });
  return (await Promise.all(found)).flat();
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** a file of `--data`, unpacked */
export interface DataFile {
  path: string;
  bytes: Buffer;
}

/** finds the folders of `--data`; a pipeline without one keeps its sample */
export async function openDataFolder(data: string | undefined): Promise<(pipeline: string) => string | undefined> {
  if (!data) return () => undefined;
  const entries = await readdir(data).catch((error: unknown) => {
    throw new Error(`cannot read the folder given with --data, ${data}: ${reason(error)}`, { cause: error });
  });
  const folders = new Set<string>();
  for (const name of entries)
    if ((await stat(join(data, name)).catch(() => undefined))?.isDirectory()) folders.add(name);
  return (pipeline) => (folders.has(pipeline) ? join(data, pipeline) : undefined);
}

/** the files of a folder with one of these endings, `.gz` or not, by name */
export async function readDataFiles(folder: string, endings: string[]): Promise<DataFile[]> {
  const wanted = (name: string) =>
    !name.startsWith('.') && endings.some((ending) => name.replace(/\.gz$/, '').endsWith(ending));
  const paths = (await readdir(folder))
    .filter(wanted)
    .sort()
    .map((name) => join(folder, name));
  const files: DataFile[] = [];
  for (const path of paths) files.push(await readFileOf(path));
  return files;
}

/** throws one sentence that names the file */
export function parseDataFile({ path, bytes }: DataFile): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${path} is not valid JSON: ${reason(error)}`, { cause: error });
  }
}

export async function readFileOf(path: string): Promise<DataFile> {
  return { path, bytes: await unpacked(path) };
}

async function unpacked(path: string): Promise<Buffer> {
  try {
    const bytes = await readFile(path);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? await promisify(gunzip)(bytes) : bytes;
  } catch (error) {
    throw new Error(`cannot read ${path}: ${reason(error)}`, { cause: error });
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

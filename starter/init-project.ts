import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse } from '../control/failure.js';
import { installedFrom, ofTheStack } from './installed-from.js';

export interface NewProject {
  folder: string;
  /** relative to it */
  files: string[];
}

const templates = fileURLToPath(new URL('./templates/project', import.meta.url));
/** where the program itself is: a package among others, or a clone */
const engine = fileURLToPath(new URL('..', import.meta.url));

/** what npm takes for its own in a package has another name here */
const realNames: Record<string, string> = {
  gitignore: '.gitignore',
  dockerignore: '.dockerignore',
  'package.json.template': 'package.json',
  'README.md.template': 'README.md',
};

/** writes a project that works at once: a pipeline, its sample, models and tests; refuses before anything is written */
export async function initProject(given: string, dryRun: boolean): Promise<NewProject> {
  const folder = resolve(given);
  const name = nameOf(folder);
  if (existsSync(folder) && (await readdir(folder)).some((entry) => entry !== '.git'))
    refuse(`${given} is not empty: name a folder that is new or empty`);
  if (!existsSync(templates)) refuse('there are no templates here: an image of a project has none');
  const { version } = JSON.parse(readFileSync(join(engine, 'package.json'), 'utf8')) as { version: string };
  const tarballs = installedFrom(resolve(engine, '..'));
  const words: Record<string, string> = { name, version: `^${version}` };
  const paths = (await readdir(templates, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(templates, join(entry.parentPath, entry.name)))
    .sort();
  const files = [...paths.map(realPath), ...Object.values(tarballs).map(vendored)];
  if (dryRun) return { folder, files };
  for (const path of paths) {
    const text = await readFile(join(templates, path), 'utf8');
    const filled = text.replace(/\{\{(name|version)\}\}/g, (_, word: string) => words[word] ?? '');
    const isPackage = path.endsWith('package.json.template');
    await write(
      join(folder, realPath(path)),
      isPackage ? withTarballs(filled, tarballs, path.startsWith('infra')) : filled,
    );
  }
  for (const tarball of Object.values(tarballs)) {
    const copy = join(folder, vendored(tarball));
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(tarball, copy);
  }
  return { folder, files };
}

function nameOf(folder: string): string {
  const name = basename(folder);
  if (/^[a-z0-9][a-z0-9._-]*$/.test(name)) return name;
  return refuse(`'${name}' cannot name a package: use lower-case letters, digits, '-' and '.'`);
}

const vendored = (tarball: string) => join('vendor', basename(tarball));

function realPath(path: string): string {
  return path
    .replace(/^github\//, '.github/')
    .split('/')
    .map((part) => realNames[part] ?? part)
    .join('/');
}

/** packages that came as tarballs stay so, beside the project: what one of them needs of another is found without a registry */
function withTarballs(text: string, tarballs: Record<string, string>, isInfra: boolean): string {
  const own = JSON.parse(text) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const folder = isInfra ? '../' : '';
  for (const [name, tarball] of Object.entries(tarballs)) {
    const isNamed = name in own.dependencies || name in own.devDependencies;
    if (!isNamed && (isInfra || !ofTheStack.includes(name))) continue;
    const kind = name in own.dependencies ? 'dependencies' : 'devDependencies';
    own[kind][name] = `file:${folder}${vendored(tarball)}`;
  }
  return `${JSON.stringify(own, null, 2)}\n`;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { cleanEnvironment, runProgram, type Program } from './clone.js';

const source = resolve(import.meta.dirname, '../..');

export interface OwnProject {
  folder: string;
  write(file: string, text: string): void;
  /** replaces one text in a file, which must have it */
  edit(file: string, from: string, to: string): void;
  read(file: string): string;
  waterclock(...words: string[]): Program;
  /** another of the same files */
  copy(): OwnProject;
  remove(): void;
}

/** a team's project outside of the program's folder, with one pipeline as `waterclock new` writes it */
export async function ownProject(): Promise<OwnProject> {
  const project = projectIn(newFolder());
  const { folder, write, waterclock } = project;
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(source, join(folder, 'node_modules', 'waterclock'));
  for (const name of ['zod', 'vitest']) {
    symlinkSync(join(source, 'node_modules', name), join(folder, 'node_modules', name));
  }
  write('package.json', JSON.stringify({ name: 'platform', private: true, type: 'module' }));
  write(
    'waterclock.config.ts',
    "import { defineProject } from 'waterclock';\n\nexport default defineProject({ pipelines: [] });\n",
  );
  const made = waterclock('new', 'orders');
  if ((await made.ended) !== 0) throw new Error(made.output());
  return project;
}

const newFolder = () => realpathSync(mkdtempSync(join(tmpdir(), 'waterclock-project-')));

function projectIn(folder: string): OwnProject {
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const program = join(source, 'starter', 'bin.mjs');
  const waterclock = (...words: string[]) =>
    runProgram(process.execPath, [program, ...words], folder, cleanEnvironment());
  return {
    folder,
    write,
    read,
    edit(file, from, to) {
      const text = read(file);
      if (!text.includes(from)) throw new Error(`${file} has no '${from}'`);
      write(file, text.replace(from, to));
    },
    waterclock,
    copy() {
      const other = newFolder();
      cpSync(folder, other, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => basename(path) !== '.waterclock',
      });
      return projectIn(other);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

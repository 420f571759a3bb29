import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sharedFolderOf } from '../../redshift-local/postgres/postgres-home.js';

const source = resolve(import.meta.dirname, '../..');
const left = new Set(['node_modules', '.waterclock', '.git']);

export interface Clone {
  root: string;
  remove(): void;
}

/** the program in a folder of its own, so that its state and running stack are apart from this clone's; set up by a link and by the user's cache */
export function cloneProgram({ isSetUp = true } = {}): Clone {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'waterclock-clone-')));
  for (const name of readdirSync(source)) {
    if (!left.has(name)) cpSync(join(source, name), join(root, name), { recursive: true });
  }
  if (isSetUp) linkPackages(join(source, 'node_modules'), join(root, 'node_modules'));
  return {
    root,
    remove() {
      rmSync(root, { recursive: true, force: true });
      rmSync(sharedFolderOf(root), { recursive: true, force: true });
    },
  };
}

/** links to the packages of this clone; those that are links themselves, the workspaces, become the clone's own */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), join(to, name));
    else if (name === '@waterclock') linkPackages(path, join(to, name));
    else symlinkSync(path, join(to, name));
  }
}

export interface Program {
  child: ChildProcess;
  /** what it wrote, both streams */
  output(): string;
  ended: Promise<number | NodeJS.Signals>;
}

type Environment = Record<string, string | undefined>;

/** the vitest worker's own settings would reach the program */
export function cleanEnvironment(more: Environment = {}): Environment {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|npm_|NODE_OPTIONS|NODE_ENV|INIT_CWD|TEST)/.test(name),
  );
  return { ...Object.fromEntries(own), ...more };
}

export function runProgram(
  command: string,
  args: string[],
  cwd: string,
  env: Environment = cleanEnvironment(),
): Program {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  const ended = new Promise<number | NodeJS.Signals>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done(code ?? signal ?? 1));
  });
  return { child, output: () => written, ended };
}

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readlink, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isProgram, packageFolder } from '../../sources/connectors/home.js';
import type { Environment } from '../environment.js';
import { CommandFailure, exitCodes } from '../failure.js';
import { findPythons, runTool, type ToolEnd } from './python.js';

export interface Installed {
  package: string;
  /** its virtual environment */
  folder: string;
  outcome: 'installed' | 'there';
}

interface InstallOptions {
  home: string;
  environment: Environment;
  signal: AbortSignal;
  say(text: string): void;
}

/** made under another name, and linked once they are whole: a program never meets half of one */
const whereMade = '.venvs';
/** ms after which what an install left behind is removed */
const leftover = 86_400_000;
/** pip's words where a package wants another Python */
const otherPython = /requires a different python|requires-python|no matching distribution|Requires-Python/i;

/** a virtual environment of one package, unless it is there; two at a time end with one */
export async function installPackage(
  name: string,
  { home, environment, signal, say }: InstallOptions,
): Promise<Installed> {
  const link = join(home, packageFolder(name));
  if (await isWhole(link)) return { package: name, folder: link, outcome: 'there' };
  const made = join(home, whereMade);
  await mkdir(made, { recursive: true });
  await removeLeftovers(home);
  const tools = { environment: pipEnvironment(environment), signal };
  const pythons = await findPythons(tools);
  if (pythons.length === 0) throw failure('Python 3.10 or newer was not found: install python3 with its venv module');
  let last: ToolEnd | undefined;
  for (const { path, version } of pythons) {
    const folder = join(made, `${packageFolder(name)}-${randomUUID().slice(0, 8)}`);
    try {
      say(`installing ${name} with Python ${version} ...`);
      last = await makeVenv(path, folder, name, tools);
      if (last.code === 0) {
        await putLink(link, folder);
        return { package: name, folder: link, outcome: 'installed' };
      }
    } finally {
      if (last?.code !== 0) await rm(folder, { recursive: true, force: true });
    }
    if (!otherPython.test(last.output)) break;
  }
  const tried = pythons.map(({ version }) => version).join(', ');
  throw failure(`${name} was not installed with Python ${tried}: ${lastLine(last?.output ?? '')}`);
}

async function makeVenv(
  python: string,
  folder: string,
  name: string,
  tools: { environment: Environment; signal: AbortSignal },
): Promise<ToolEnd> {
  const made = await runTool(python, ['-m', 'venv', folder], tools);
  if (made.code !== 0) return made;
  const install = ['-m', 'pip', 'install', '--quiet', '--no-compile', name];
  return runTool(join(folder, 'bin', 'python'), install, tools);
}

/** its Python may be gone since it was made */
const isWhole = (link: string) => isProgram(join(link, 'bin', 'python'));

/** in one step, in place of one whose Python is gone */
async function putLink(link: string, folder: string): Promise<void> {
  const next = `${folder}.link`;
  await symlink(folder, next);
  await rename(next, link);
}

/** of installs that were killed, and those that nothing points to any more */
async function removeLeftovers(home: string): Promise<void> {
  const made = join(home, whereMade);
  const links = await readdir(home);
  const used = new Set(await Promise.all(links.map((name) => readlink(join(home, name)).catch(() => name))));
  const root = await realpath(made);
  for (const name of await readdir(made)) {
    const folder = join(made, name);
    const age = Date.now() - (await stat(folder).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
    if (!used.has(folder) && !used.has(join(root, name)) && age > leftover)
      await rm(folder, { recursive: true, force: true });
  }
}

/** of the user's, without what points Python elsewhere */
function pipEnvironment(environment: Environment): Environment {
  const { PYTHONHOME: _home, PYTHONPATH: _path, VIRTUAL_ENV: _venv, __PYVENV_LAUNCHER__: _mac, ...rest } = environment;
  return { ...rest, PYTHONNOUSERSITE: '1', PIP_USER: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };
}

const failure = (message: string) => new CommandFailure(exitCodes.failed, message);

/** what pip says last, after what it says of other Pythons; its list of versions is long */
function lastLine(output: string): string {
  const lines = output.trim().split('\n');
  const wanted = lines.find((line) => line.includes('Requires-Python') || line.includes('different Python'));
  const last = (lines.at(-1) ?? '').replace(/^ERROR: /, '').slice(0, 300) || 'pip said nothing';
  return wanted === undefined ? last : `${last}; other versions of it need another Python`;
}

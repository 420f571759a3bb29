import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProject, projectNamedIn } from '../define/open-project.js';
import { CommandFailure, exitCodes } from './failure.js';

export type Environment = Record<string, string | undefined>;

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** what `npm start` writes into `.waterclock/running.json` */
interface RunningStack {
  environment: Record<string, string>;
  services?: { name: string; pid: number }[];
}

/**
 * the environment itself when it names a deployment, otherwise the running embedded stack's beneath it.
 * how the stack is reached (AWS_*, NO_PROXY) is the stack's word: a key of the user's own would be refused there
 */
export function deploymentEnvironment(
  own: Environment,
  /** or several, in the order in which they are looked at: a project's, and where the command is run */
  directory: string | string[],
  root = packageRoot,
): Environment {
  if (namesDeployment(own)) return own;
  const stack = runningStack([directory].flat(), root);
  if (!stack) {
    throw new CommandFailure(
      exitCodes.unreachable,
      'no stack is running here: `npm start`, or set TEMPORAL_ADDRESS and the settings of a deployment',
    );
  }
  const merged: Environment = { ...stack.environment };
  for (const [name, value] of Object.entries(own)) {
    const isStacks = name.startsWith('AWS_') || (/^no_proxy$/i.test(name) && name in stack.environment);
    if (!isStacks && value !== undefined && value !== '') merged[name] = value;
  }
  // with the stack's keys these would send the SDK elsewhere; empty counts as absent
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) if (own[name] && !stack.environment[name]) merged[name] = '';
  return merged;
}

export function namesDeployment(own: Environment): boolean {
  return Boolean(own['TEMPORAL_ADDRESS'] || own['TEMPORAL_PROFILE'] || own['TEMPORAL_CONFIG_FILE']);
}

function runningStack(directories: string[], root: string): RunningStack | undefined {
  const files = new Set(directories.flatMap((directory) => candidates(directory, root)));
  for (const file of files) {
    if (!existsSync(file)) continue;
    const stack = parse(file);
    const services = stack.services ?? [];
    // a supervisor that was killed leaves the file behind
    if (services.length === 0 || services.some(({ pid }) => isAlive(pid))) return stack;
  }
  return undefined;
}

function parse(file: string): RunningStack {
  try {
    const stack = JSON.parse(readFileSync(file, 'utf8')) as RunningStack;
    if (typeof stack.environment === 'object') return stack;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new CommandFailure(
    exitCodes.unreachable,
    `${file} does not describe a stack: stop it, then \`npm start\` again`,
  );
}

/**
 * beside the package.json that names the project, else beside the nearest one, else in the project: whichever of its
 * folders a command is run in, it finds the same
 */
export function stateFolderOf(project: string): string {
  const top = resolve(project);
  let nearest: string | undefined;
  for (let at = top; at !== dirname(at); at = dirname(at)) {
    if (!existsSync(join(at, 'package.json'))) continue;
    nearest ??= at;
    const named = projectNamedIn(at);
    if (named !== undefined && resolve(at, named) === top) return join(at, '.waterclock');
  }
  return join(nearest ?? top, '.waterclock');
}

function projectOf(directory: string): string {
  try {
    return findProject(directory).folder;
  } catch {
    return directory;
  }
}

/** from the directory upwards to the package root; elsewhere its project's, and the package root's own */
function candidates(directory: string, root: string): string[] {
  const top = resolve(root);
  const found: string[] = [];
  for (let at = resolve(directory); at !== top && at !== dirname(at); at = dirname(at)) found.push(at);
  const isInside = resolve(directory) === top || resolve(directory).startsWith(join(top, '/'));
  const folders = (isInside ? [...found, top] : [top]).map((folder) => join(folder, '.waterclock'));
  return [...(isInside ? [] : [stateFolderOf(projectOf(directory))]), ...folders].map((folder) =>
    join(folder, 'running.json'),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

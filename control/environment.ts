import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
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
export function deploymentEnvironment(own: Environment, directory: string, root = packageRoot): Environment {
  if (namesDeployment(own)) return own;
  const stack = runningStack(directory, root);
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

function runningStack(directory: string, root: string): RunningStack | undefined {
  const file = candidates(directory, root).find((path) => existsSync(path));
  if (!file) return undefined;
  const stack = parse(file);
  const services = stack.services ?? [];
  // a supervisor that was killed leaves the file behind
  return services.length > 0 && !services.some(({ pid }) => isAlive(pid)) ? undefined : stack;
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

/** from the directory upwards to the package root; elsewhere only the package root's own */
function candidates(directory: string, root: string): string[] {
  const top = resolve(root);
  const found: string[] = [];
  for (let at = resolve(directory); at !== top && at !== dirname(at); at = dirname(at)) found.push(at);
  const isInside = resolve(directory) === top || resolve(directory).startsWith(join(top, '/'));
  return [...(isInside ? found : []), top].map((folder) => join(folder, '.waterclock', 'running.json'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

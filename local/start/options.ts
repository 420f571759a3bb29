import { existsSync, realpathSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { examples, home as homeOfClone } from '../paths.js';
import { type PortName, portNames, type Ports, portVariable } from '../ports.js';

type Environment = Record<string, string | undefined>;

export interface StartOptions {
  exit: boolean;
  live: boolean;
  /** the state that earlier starts left is removed first */
  fresh: boolean;
  /** absolute */
  data?: string;
  /** absolute */
  project: string;
  asked: Partial<Ports>;
  /** folder of the states, and of what says which stack is up */
  home: string;
  state: string;
}

/** as a command line has them */
export interface AskedOptions {
  exit?: boolean;
  live?: boolean;
  fresh?: boolean;
  data?: string;
  port(name: PortName): string | undefined;
}

export const help = `npm start -- [options]      the embedded stack, and the main job on it

  --exit           ends when the job is done, with exit code 0 or 1
  --data DIR       DIR/<pipeline>/* instead of the samples, where that folder exists
  --project DIR    another project than examples/: the folder of its waterclock.config.ts
  --live           the public endpoints instead of the embedded ones
  --fresh          removes first what earlier starts with this input have left
  --port-NAME N    the port of ${portNames.join(', ')}
                   (or ${portVariable('temporal')}=N in the environment)
  --help

examples
  npm start
  npm start -- --exit --data ../data
  npm start -- --project ../my-platform
  npm start -- --port-temporal 7300
`;

/** throws one sentence when the arguments cannot be meant */
export function startOptions(args: string[], own: Environment, folder: string): StartOptions {
  const flags = {
    exit: { type: 'boolean', default: false },
    live: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    data: { type: 'string' },
    project: { type: 'string' },
  } as const;
  const portFlags = Object.fromEntries(portNames.map((name) => [`port-${name}`, { type: 'string' as const }]));
  const { values } = parseArgs({ args, options: { ...flags, ...portFlags } });
  const given = values as Record<string, unknown>;
  const { project, data, ...rest } = values;
  const asked = {
    ...rest,
    ...(data !== undefined && { data }),
    port: (name: PortName) => textOrNone(given[`port-${name}`]),
  };
  const chosen = projectFolder(project ?? own['WATERCLOCK_PROJECT'], folder);
  return completeOptions(asked, own, folder, { project: chosen, home: homeOfClone });
}

export const textOrNone = (value: unknown) => (typeof value === 'string' ? value : undefined);

interface Place {
  /** absolute */
  project: string;
  home: string;
}

export function completeOptions(
  { exit = false, live = false, fresh = false, data: named, port }: AskedOptions,
  own: Environment,
  folder: string,
  { project, home }: Place,
): StartOptions {
  if (live && named !== undefined) throw new Error('--live and --data exclude each other: give one');
  const data = named === undefined ? undefined : dataFolder(resolve(folder, named));
  return {
    exit,
    live,
    fresh,
    ...(data && { data }),
    project,
    asked: askedPorts((name) => port(name) ?? own[portVariable(name)]),
    home,
    state: join(home, stateName(live, data, project, home)),
  };
}

function projectFolder(asked: string | undefined, folder: string): string {
  if (!asked) return examples;
  const path = resolve(folder, asked);
  const configs = ['ts', 'mts', 'js', 'mjs'].map((form) => join(path, `waterclock.config.${form}`));
  if (!configs.some((file) => existsSync(file))) throw new Error(`--project ${path}: it has no waterclock.config.ts`);
  return realpathSync(path);
}

function dataFolder(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new Error(`--data ${path}: there is no such folder`);
  }
  return realpathSync(path);
}

/** one state a project and input, so that they never mix */
export function stateName(isLive: boolean, data?: string, project = examples, home = homeOfClone): string {
  const input = isLive ? 'live' : data === undefined ? 'sample' : `data-${named(data)}`;
  const isHome = project === examples || home === join(project, '.waterclock');
  return isHome ? input : `${named(project)}-${input}`;
}

/** of a folder: its last word, and what tells it from others of that word */
function named(folder: string): string {
  const slug = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24);
  return `${slug}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
}

function askedPorts(read: (name: PortName) => string | undefined): Partial<Ports> {
  const asked: Partial<Ports> = {};
  for (const name of portNames) {
    const text = read(name);
    if (text === undefined || text === '') continue;
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`--port-${name} must be a port, 1 to 65535, got ${text}`);
    }
    asked[name] = port;
  }
  return asked;
}

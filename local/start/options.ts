import { existsSync, realpathSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { home } from '../paths.js';
import { type PortName, portNames, type Ports, portVariable } from '../ports.js';

type Environment = Record<string, string | undefined>;

export interface StartOptions {
  help: boolean;
  exit: boolean;
  live: boolean;
  /** absolute */
  data?: string;
  asked: Partial<Ports>;
  state: string;
}

export const help = `npm start -- [options]      the embedded stack, and the main job on it

  --exit           ends when the job is done, with exit code 0 or 1
  --data DIR       DIR/<pipeline>/* instead of the samples, where that folder exists
  --live           the public endpoints instead of the embedded ones
  --port-NAME N    the port of ${portNames.join(', ')}
                   (or ${portVariable('temporal')}=N in the environment)
  --help

examples
  npm start
  npm start -- --exit --data ../shared/data
  npm start -- --port-temporal 7300
`;

/** throws one sentence when the arguments cannot be meant */
export function startOptions(args: string[], own: Environment, folder: string): StartOptions {
  const flags = {
    exit: { type: 'boolean', default: false },
    live: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    data: { type: 'string' },
  } as const;
  const portFlags = Object.fromEntries(portNames.map((name) => [`port-${name}`, { type: 'string' as const }]));
  const { values } = parseArgs({ args, options: { ...flags, ...portFlags } });
  if (values.live && values.data !== undefined) throw new Error('--live and --data exclude each other: give one');
  const given = values as Record<string, string | boolean | undefined>;
  const data = values.data === undefined ? undefined : dataFolder(resolve(folder, values.data));
  return {
    help: values.help,
    exit: values.exit,
    live: values.live,
    ...(data && { data }),
    asked: askedPorts((name) => given[`port-${name}`] ?? own[portVariable(name)]),
    state: join(home, stateName(values.live, data)),
  };
}

function dataFolder(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new Error(`--data ${path}: there is no such folder`);
  }
  return realpathSync(path);
}

/** one state an input, so that they never mix */
export function stateName(isLive: boolean, data?: string): string {
  if (isLive) return 'live';
  if (data === undefined) return 'sample';
  const slug = basename(data)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24);
  return `data-${slug}-${createHash('sha256').update(data).digest('hex').slice(0, 8)}`;
}

function askedPorts(read: (name: PortName) => string | boolean | undefined): Partial<Ports> {
  const asked: Partial<Ports> = {};
  for (const name of portNames) {
    const text = read(name);
    if (text === undefined || text === '') continue;
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`--port-${name} must be a port, 1 to 65535, got ${String(text)}`);
    }
    asked[name] = port;
  }
  return asked;
}
